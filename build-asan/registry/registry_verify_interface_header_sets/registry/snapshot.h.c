#include <registry/snapshot.h> // IWYU pragma: associated
