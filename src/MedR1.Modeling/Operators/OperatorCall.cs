using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

using TorchSharp;

namespace MedR1.Modeling;

/// <summary>
/// One call of a libtorch operator by name, with autograd support. All arguments are added in the order of the operator's
/// schema, including those with a default. Arguments of the schema types <c>Scalar</c> and <c>Generator</c> cannot be
/// passed. Always dispose it, to release arguments that were not passed to the operator.
/// </summary>
internal unsafe ref struct OperatorCall
{
    private const int Capacity = 16;

    private readonly ReadOnlySpan<byte> _name;
    private readonly ReadOnlySpan<byte> _overload;
    private Stack _stack;
    private Kinds _kinds;
    private Sources _sources;
    private int _count;

    /// <summary>Begins a call.</summary>
    /// <param name="name">
    /// The name, such as <c>"aten::rms_norm"u8</c>, zero-terminated like every UTF-8 literal.
    /// </param>
    /// <param name="overload">The name of the overload, often empty; also zero-terminated.</param>
    public OperatorCall(ReadOnlySpan<byte> name, ReadOnlySpan<byte> overload)
    {
        _name = name;
        _overload = overload;
    }

    private enum Kind : byte
    {
        Value,
        Real,
        Tensor,
        TensorList,
        IntegerList,
        Optional,
        OptionalReal,
        OptionalTensor,
        Text,
    }

    /// <summary>Adds a tensor.</summary>
    public void Add(torch.Tensor tensor) => Push((ulong)Handle(tensor), Kind.Tensor, tensor);

    /// <summary>Adds an optional tensor.</summary>
    public void AddOptional(torch.Tensor? tensor) =>
        Push(
            tensor is null ? 0 : Box((ulong)Handle(tensor)),
            tensor is null ? Kind.Optional : Kind.OptionalTensor,
            tensor);

    /// <summary>Adds a floating-point number.</summary>
    public void Add(double value) => Push(BitConverter.DoubleToUInt64Bits(value), Kind.Real, null);

    /// <summary>Adds an optional floating-point number.</summary>
    public void AddOptional(double? value) =>
        Push(
            value is { } number ? Box(BitConverter.DoubleToUInt64Bits(number)) : 0,
            value is null ? Kind.Optional : Kind.OptionalReal,
            null);

    /// <summary>Adds a string.</summary>
    /// <param name="text">The string in UTF-8.</param>
    public void AddText(scoped ReadOnlySpan<byte> text)
    {
        nint handle;
        fixed (byte* first = &MemoryMarshal.GetReference(text))
        {
            Require(StableAbi.NewString(first, (nuint)text.Length, &handle), "torch_new_string_handle");
        }

        Push((ulong)handle, Kind.Text, null);
    }

    /// <summary>Adds an absent optional argument of any type.</summary>
    public void AddNone() => Push(0, Kind.Optional, null);

    /// <summary>Adds a Boolean.</summary>
    public void Add(bool value) => Push(value ? 1u : 0u, Kind.Value, null);

    /// <summary>Adds a data type.</summary>
    public void Add(torch.ScalarType value) => Push((ulong)value, Kind.Value, null);

    /// <summary>Adds a list of integers.</summary>
    public void Add(scoped ReadOnlySpan<long> values)
    {
        // Pushed before it is filled, so that it is released even if filling fails.
        Push((ulong)NewList(values.Length), Kind.IntegerList, null);
        foreach (long value in values)
        {
            Require(StableAbi.ListAppend((nint)_stack[_count - 1], (ulong)value), "torch_list_push_back");
        }
    }

    /// <summary>Adds a list of tensors.</summary>
    public void Add(IReadOnlyList<torch.Tensor> tensors)
    {
        Push((ulong)NewList(tensors.Count), Kind.TensorList, tensors);
        for (int index = 0; index < tensors.Count; index++)
        {
            nint handle = Handle(tensors[index]);
            Require(StableAbi.ListAppend((nint)_stack[_count - 1], (ulong)handle), "torch_list_push_back");
        }
    }

    /// <summary>Runs the operator.</summary>
    /// <returns>The first result, which must be a tensor.</returns>
    /// <exception cref="TorchOperatorException">The operator refused its arguments.</exception>
    public torch.Tensor Invoke()
    {
        Run();
        return torch.Tensor.UnsafeCreateTensor((nint)_stack[0]);
    }

    /// <summary>Runs the operator.</summary>
    /// <returns>The first result, which must be an integer.</returns>
    /// <exception cref="TorchOperatorException">The operator refused its arguments.</exception>
    public long InvokeInteger()
    {
        Run();
        return (long)_stack[0];
    }

    /// <summary>Runs an operator without results.</summary>
    /// <exception cref="TorchOperatorException">The operator refused its arguments.</exception>
    public void Run()
    {
        int status;
        // By reference, because `fixed` on an empty span gives a null pointer, but an empty overload must be a pointer to
        // a zero byte.
        fixed (byte* name = &MemoryMarshal.GetReference(_name))
        fixed (byte* overload = &MemoryMarshal.GetReference(_overload))
        fixed (ulong* stack = &_stack[0])
        {
            status = StableAbi.CallDispatcher(name, overload, stack);
        }

        // The operator takes ownership of the arguments, even if it fails.
        int count = _count;
        _count = 0;
        if (status != 0)
        {
            throw new TorchOperatorException(Encoding.UTF8.GetString(_name), Describe(count));
        }
    }

    /// <summary>Releases arguments that were not passed to the operator.</summary>
    public void Dispose()
    {
        for (int index = 0; index < _count; index++)
        {
            Release(_stack[index], _kinds[index]);
        }

        _count = 0;
    }

    private static nint Handle(torch.Tensor tensor)
    {
        nint handle;
        Require(StableAbi.NewTensorHandle(tensor.Handle, &handle), "aoti_torch_new_tensor_handle");
        GC.KeepAlive(tensor);
        return handle;
    }

    private static nint NewList(int capacity)
    {
        nint list;
        Require(StableAbi.NewList((nuint)capacity, &list), "torch_new_list_reserve_size");
        return list;
    }

    /// <summary>Allocates the cell of an optional argument on the C heap; the operator frees it.</summary>
    private static ulong Box(ulong value)
    {
        ulong* cell = (ulong*)NativeMemory.Alloc(sizeof(ulong));
        *cell = value;
        return (ulong)cell;
    }

    private static void Require(int status, string function)
    {
        if (status != 0)
        {
            throw new TorchOperatorException(function, "see the operator that was being called");
        }
    }

    private static void Release(ulong value, Kind kind)
    {
        switch (kind)
        {
            case Kind.Tensor:
                StableAbi.DeleteTensor((nint)value);
                break;
            case Kind.OptionalTensor:
                StableAbi.DeleteTensor(*(nint*)value);
                NativeMemory.Free((void*)value);
                break;
            case Kind.OptionalReal:
                NativeMemory.Free((void*)value);
                break;
            case Kind.IntegerList:
                StableAbi.DeleteList((nint)value);
                break;
            case Kind.Text:
                StableAbi.DeleteString((nint)value);
                break;
            case Kind.TensorList:
                ReleaseTensors((nint)value);
                break;
        }
    }

    private static void ReleaseTensors(nint list)
    {
        nuint size;
        StableAbi.ListSize(list, &size);
        for (nuint index = 0; index < size; index++)
        {
            ulong handle;
            StableAbi.ListItem(list, index, &handle);
            StableAbi.DeleteTensor((nint)handle);
        }

        StableAbi.DeleteList(list);
    }

    private static string Describe(torch.Tensor tensor) =>
        tensor.IsInvalid
            ? "a disposed tensor"
            : $"{tensor.dtype}[{string.Join(", ", tensor.shape)}] on {tensor.device}";

    private void Push(ulong value, Kind kind, object? source)
    {
        _stack[_count] = value;
        _kinds[_count] = kind;
        _sources[_count] = source;
        _count++;
    }

    private string Describe(int count)
    {
        List<string> arguments = [];
        for (int index = 0; index < count; index++)
        {
            arguments.Add(_sources[index] switch
            {
                torch.Tensor tensor => Describe(tensor),
                IReadOnlyList<torch.Tensor> tensors =>
                    $"{tensors.Count} tensors: {string.Join(", ", tensors.Take(3).Select(Describe))}"
                    + (tensors.Count > 3 ? ", ..." : ""),
                _ => _kinds[index] switch
                {
                    Kind.Real => BitConverter.UInt64BitsToDouble(_stack[index]).ToString(CultureInfo.InvariantCulture),
                    Kind.Value => ((long)_stack[index]).ToString(CultureInfo.InvariantCulture),
                    Kind.Optional => "none",
                    _ => "...",
                },
            });
        }

        return string.Join("; ", arguments);
    }

    [InlineArray(Capacity)]
    private struct Stack
    {
        private ulong _first;
    }

    [InlineArray(Capacity)]
    private struct Kinds
    {
        private Kind _first;
    }

    [InlineArray(Capacity)]
    private struct Sources
    {
        private object? _first;
    }
}
