#include "core/jose/compact.h"
