#include <base/banned.h> // IWYU pragma: associated
