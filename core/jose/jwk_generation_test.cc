#include "core/jose/jwk_generation.h"
