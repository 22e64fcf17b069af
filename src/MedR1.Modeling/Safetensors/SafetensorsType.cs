namespace MedR1.Modeling;

/// <summary>Element types of the safetensors format, in the sort order of the reference implementation.</summary>
public enum SafetensorsType
{
    /// <summary>Booleans of one byte, <c>BOOL</c>.</summary>
    Bool,

    /// <summary>Unsigned 8-bit integers, <c>U8</c>.</summary>
    UInt8,

    /// <summary>Signed 8-bit integers, <c>I8</c>.</summary>
    Int8,

    /// <summary>8-bit numbers with 5 bits of exponent, <c>F8_E5M2</c>; readable as bytes only.</summary>
    Float8E5M2,

    /// <summary>8-bit numbers with 4 bits of exponent, <c>F8_E4M3</c>; readable as bytes only.</summary>
    Float8E4M3,

    /// <summary>Signed 16-bit integers, <c>I16</c>.</summary>
    Int16,

    /// <summary>Unsigned 16-bit integers, <c>U16</c>; readable as bytes only.</summary>
    UInt16,

    /// <summary>Half-precision numbers, <c>F16</c>.</summary>
    Float16,

    /// <summary>bfloat16 numbers, <c>BF16</c>.</summary>
    BFloat16,

    /// <summary>Signed 32-bit integers, <c>I32</c>.</summary>
    Int32,

    /// <summary>Unsigned 32-bit integers, <c>U32</c>; readable as bytes only.</summary>
    UInt32,

    /// <summary>Single-precision numbers, <c>F32</c>.</summary>
    Float32,

    /// <summary>Double-precision numbers, <c>F64</c>.</summary>
    Float64,

    /// <summary>Signed 64-bit integers, <c>I64</c>.</summary>
    Int64,

    /// <summary>Unsigned 64-bit integers, <c>U64</c>; readable as bytes only.</summary>
    UInt64,
}
