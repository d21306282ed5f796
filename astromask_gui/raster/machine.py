"""What the machine can do and numba has no words for: atomic counts, four floats at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_VECTOR = ir.VectorType(ir.FloatType(), 4)
_INTEGERS = ir.VectorType(ir.IntType(32), 4)
_BYTES = ir.VectorType(ir.IntType(8), 4)

# What numba makes of such a function is called with other arguments than the function has.
_instruction: Callable[[Callable[..., Any]], Any] = intrinsic


@_instruction
def take_next(typing: Any, counter: Any) -> Any:
    """`counter[0]`, an int64, and one more for whoever asks next: atomic, so that threads that
    take turns never get the same number."""
    signature = types.int64(counter)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        one = context.get_constant(types.int64, 1)
        return builder.atomic_rmw("add", array.data, one, "monotonic")

    return signature, generate


@_instruction
def add_ink(
    typing: Any, ink: Any, pixel: Any, share: Any, weight: Any, red: Any, green: Any, blue: Any
) -> Any:
    """ink[pixel] += share · (weight, red, green, blue), at once in one register.

    `ink` is a C-contiguous (n, 4) float32 array, `pixel` unsigned and below n: nothing is checked.
    """
    floats = (types.float32,) * 5
    signature = types.void(ink, types.uintp, *floats)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pixel(context, builder, signature, arguments)
        share = _vector(builder, [arguments[2]] * 4)
        colour = _vector(builder, arguments[3:])
        before = builder.load(pointer, align=4)
        after = builder.fadd(before, builder.fmul(share, colour, ("contract",)), ("contract",))
        builder.store(after, pointer, align=4)
        return context.get_dummy_value()

    return signature, generate


@_instruction
def take_colour(
    typing: Any, ink: Any, pixel: Any, scale: Any, red: Any, green: Any, blue: Any
) -> Any:
    """0xffRRGGBB, uint32, of scale · ink[pixel, 1:] + (red, green, blue), below 256; clears it."""
    signature = types.uint32(ink, types.uintp, *(types.float32,) * 4)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pixel(context, builder, signature, arguments)
        scale = _vector(builder, [arguments[2]] * 4)
        ground = _vector(builder, [arguments[2], *arguments[3:]])
        ink = builder.fmul(builder.load(pointer, align=4), scale, ("contract",))
        whole = builder.fptosi(builder.fadd(ink, ground, ("contract",)), _INTEGERS)
        builder.store(ir.Constant(_VECTOR, [0.0] * 4), pointer, align=4)
        order = ir.Constant(_INTEGERS, [3, 2, 1, 0])
        lanes = builder.shuffle_vector(whole, ir.Constant(_INTEGERS, ir.Undefined), order)
        packed = builder.bitcast(builder.trunc(lanes, _BYTES), ir.IntType(32))
        return builder.or_(packed, ir.Constant(ir.IntType(32), 0xFF000000))

    return signature, generate


def _pixel(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Pointer to the four floats of a pixel; NumPy promises no multiple of 16 bytes."""
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    place = builder.mul(arguments[1], context.get_constant(types.uintp, 4))
    return builder.bitcast(builder.gep(array.data, [place]), _VECTOR.as_pointer())


def _vector(builder: Any, lanes: Any) -> Any:
    vector = ir.Constant(_VECTOR, ir.Undefined)
    for number, lane in enumerate(lanes):
        vector = builder.insert_element(vector, lane, ir.Constant(ir.IntType(32), number))
    return vector
