#include "core/jose/jwk.h"
