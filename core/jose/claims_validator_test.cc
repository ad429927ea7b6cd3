#include "core/jose/claims_validator.h"
