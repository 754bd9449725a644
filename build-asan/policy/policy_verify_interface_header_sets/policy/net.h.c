#include <policy/net.h> // IWYU pragma: associated
