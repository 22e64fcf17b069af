using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using TorchSharp;

namespace MedR1.Modeling;

/// <summary>Tensors over memory that does not belong to libtorch, without a copy. Thread-safe.</summary>
public static unsafe class TensorMemory
{
    // libtorch passes back only the address, and several tensors may begin at the same one.
    private static readonly Dictionary<nint, Use> Uses = [];

    /// <summary>Creates a tensor on the CPU over given memory.</summary>
    /// <param name="data">Address of the first element, aligned to the size of an element.</param>
    /// <param name="byteLength">How many bytes may be read from there.</param>
    /// <param name="shape">The shape; elements are in row-major order.</param>
    /// <param name="type">Data type of the elements.</param>
    /// <param name="owner">
    /// Keeps the memory valid: it is referenced until the last tensor or view over the memory is gone. Its creator still disposes
    /// it.
    /// </param>
    /// <returns>The tensor. Writing to it writes to the memory, and crashes the process if that is read-only.</returns>
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
                $"A tensor {type}{shapeText} needs {needed} bytes, but {byteLength} are given.", nameof(shape));
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
    /// Address of the first element of a contiguous tensor on the CPU; spans end at 2 GiB, this does not.
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
