#include "core/jose/policy.h"
