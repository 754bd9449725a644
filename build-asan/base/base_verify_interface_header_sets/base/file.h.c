#include <base/file.h> // IWYU pragma: associated
