#include "core/jose/key_file.h"
