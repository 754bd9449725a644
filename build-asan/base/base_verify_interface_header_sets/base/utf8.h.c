#include <base/utf8.h> // IWYU pragma: associated
