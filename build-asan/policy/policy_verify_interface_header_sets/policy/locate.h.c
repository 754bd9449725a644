#include <policy/locate.h> // IWYU pragma: associated
