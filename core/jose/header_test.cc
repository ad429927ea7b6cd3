#include "core/jose/header.h"
