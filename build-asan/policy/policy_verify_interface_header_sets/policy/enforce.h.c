#include <policy/enforce.h> // IWYU pragma: associated
