#include "core/jose/algorithm.h"
