#include <lang/rt/protos.h> // IWYU pragma: associated
