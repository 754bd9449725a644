#include <lang/rt/net_wire.h> // IWYU pragma: associated
