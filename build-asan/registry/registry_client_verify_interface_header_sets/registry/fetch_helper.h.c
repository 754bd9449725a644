#include <registry/fetch_helper.h> // IWYU pragma: associated
