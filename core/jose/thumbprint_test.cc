#include "core/jose/thumbprint.h"
