#include <base/jsondoc.h> // IWYU pragma: associated
