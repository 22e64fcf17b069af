using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using TorchSharp;

namespace MedR1.Modeling;

/// <summary>Creates tensors over memory that libtorch does not own, without copying. Thread-safe.</summary>
public static unsafe class TensorMemory
{
    // Owners by address: libtorch's release callback receives only the address, which several tensors may share.
    private static readonly Dictionary<nint, Use> Uses = [];

    /// <summary>Creates a tensor on the CPU over given memory.</summary>
    /// <param name="data">The address of the first element, aligned to the element size.</param>
    /// <param name="byteLength">The number of bytes of the memory.</param>
    /// <param name="shape">The shape; elements are in row-major order.</param>
    /// <param name="type">The data type.</param>
    /// <param name="owner">
    /// The handle that keeps the memory valid; it is referenced until the last tensor or view over the memory is gone. Its creator
    /// still disposes it.
    /// </param>
    /// <returns>The tensor. Writing to it changes the memory, or crashes the process if the memory is read-only.</returns>
    /// <exception cref="ArgumentException">The shape does not fit the memory, or the address is not aligned.</exception>
    public static torch.Tensor Wrap(
        nint data,
        long byteLength,
        ReadOnlySpan<long> shape,
        torch.ScalarType type,
        SafeHandle owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        int elementSize = (int)type.ElementSize();
        long needed = elementSize;
        foreach (long size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            needed = checked(needed * size);
        }

        string shapeText = $"[{string.Join(", ", shape.ToArray())}]";
        if (needed > byteLength)
        {
            throw new ArgumentException(
                $"A tensor {type}{shapeText} needs {needed} bytes, but got {byteLength}.", nameof(shape));
        }

        if (data % elementSize != 0)
        {
            throw new ArgumentException(
                $"The address 0x{data:x} is not a multiple of {elementSize}, the size of an element of {type}.",
                nameof(data));
        }

        if (needed == 0)
        {
            return torch.empty(shape, type, torch.CPU);
        }

        TorchRuntime.Initialize();
        Hold(data, owner);
        nint handle;
        fixed (long* sizes = shape)
        {
            handle = StableAbi.TensorOverMemory(
                data, &Release, sizes, shape.Length, (sbyte)type, (sbyte)type, (int)DeviceType.CPU, -1, 0);
        }

        if (handle == 0)
        {
            Drop(data);
            torch.CheckForErrors();
        }

        return torch.Tensor.UnsafeCreateTensor(handle);
    }

    /// <summary>
    /// Returns the address of the first element of a contiguous tensor; unlike spans, it supports more than 2 GiB.
    /// </summary>
    internal static nint AddressOf(torch.Tensor tensor)
    {
        nint address;
        if (StableAbi.DataPointer(tensor.Handle, &address) != 0)
        {
            throw new TorchOperatorException("aoti_torch_get_data_ptr", $"{tensor.dtype} on {tensor.device}");
        }

        GC.KeepAlive(tensor);
        return address;
    }

    private static void Hold(nint data, SafeHandle owner)
    {
        lock (Uses)
        {
            if (!Uses.TryGetValue(data, out Use? use))
            {
                use = new Use();
            }

            if (!use.Owners.Contains(owner))
            {
                bool held = false;
                owner.DangerousAddRef(ref held);
                use.Owners.Add(owner);
            }

            use.Tensors++;
            Uses[data] = use;
        }
    }

    private static void Drop(nint data)
    {
        lock (Uses)
        {
            Use use = Uses[data];
            if (--use.Tensors == 0)
            {
                Uses.Remove(data);
                use.Owners.ForEach(owner => owner.DangerousRelease());
            }
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Release(nint data) => Drop(data);

    private sealed class Use
    {
        public int Tensors { get; set; }

        public List<SafeHandle> Owners { get; } = [];
    }
}
