using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Reads tensors from a file with little memory beyond that of the tensors.</summary>
internal static unsafe class SafetensorsTensorReader
{
    /// <summary>The maximum number of bytes read at once; a conversion needs a buffer of this size.</summary>
    public const int PieceLength = 16 << 20;

    /// <summary>Returns the data type of a tensor in the file.</summary>
    /// <exception cref="NotSupportedException">libtorch has no such type.</exception>
    public static ScalarType TorchTypeOf(SafetensorsFile file, SafetensorsEntry entry) => entry.Type.ToTorch()
        ?? throw new NotSupportedException(
            $"'{file.Path}', tensor '{entry.Name}': TorchSharp has no type {entry.Type.FileName()}. "
            + $"Read it with {nameof(SafetensorsFile.ReadBytes)}, or convert the checkpoint.");

    /// <summary>Reads a tensor into an existing tensor.</summary>
    public static void ReadInto(SafetensorsFile file, SafetensorsEntry entry, Tensor destination)
    {
        ScalarType type = TorchTypeOf(file, entry);
        Check(file, entry, type, destination);
        if (entry.ByteLength == 0)
        {
            return;
        }

        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        bool contiguous = destination.is_contiguous();
        if (contiguous && destination.dtype == type && destination.device_type == DeviceType.CPU)
        {
            ReadMemory(file, entry, TensorMemory.AddressOf(destination));

            // Writing through a pointer does not increment the tensor's version, by which packed copies detect changes; an
            // in-place operator on zero elements does.
            destination.view(-1).narrow(0, 0, 0).zero_();
        }
        else if (contiguous)
        {
            Tensor buffer = file.RentBuffer();
            try
            {
                ReadPieces(file, entry, type, destination.view(-1), buffer);
            }
            finally
            {
                file.ReturnBuffer(buffer);
            }
        }
        else
        {
            Tensor read = empty([.. entry.Shape], dtype: type, device: CPU);
            ReadMemory(file, entry, TensorMemory.AddressOf(read));
            destination.copy_(read);
        }
    }

    private static void Check(SafetensorsFile file, SafetensorsEntry entry, ScalarType type, Tensor destination)
    {
        if (!destination.shape.SequenceEqual(entry.Shape))
        {
            throw new ArgumentException(
                $"'{file.Path}', tensor '{entry.Name}' has the shape [{string.Join(", ", entry.Shape)}], but the "
                + $"destination has [{string.Join(", ", destination.shape)}]. "
                + "Use the checkpoint of this model, or the model of this checkpoint.",
                nameof(destination));
        }

        if (is_floating_point(type) && !is_floating_point(destination.dtype))
        {
            throw new ArgumentException(
                $"'{file.Path}', tensor '{entry.Name}' is of type {type}, which would be truncated to "
                + $"{destination.dtype}. Give a floating-point destination.",
                nameof(destination));
        }

        if (destination.device_type == DeviceType.META)
        {
            throw new ArgumentException(
                $"'{file.Path}', tensor '{entry.Name}': the destination is on the meta device and has no memory. "
                + "Give one on the CPU or a GPU.",
                nameof(destination));
        }
    }

    private static void ReadMemory(SafetensorsFile file, SafetensorsEntry entry, nint address)
    {
        LargePages.Advise(address, entry.ByteLength);
        for (long start = 0; start < entry.ByteLength; start += PieceLength)
        {
            int length = (int)Math.Min(PieceLength, entry.ByteLength - start);
            file.ReadAt(entry, new Span<byte>((byte*)address + start, length), start);
        }
    }

    private static void ReadPieces(
        SafetensorsFile file, SafetensorsEntry entry, ScalarType type, Tensor destination, Tensor buffer)
    {
        int elementSize = entry.Type.ElementSize();
        long count = entry.ByteLength / elementSize;
        long pieceCount = Math.Min(count, PieceLength / elementSize);
        using Tensor piece = FusedOperators.ViewAsType(buffer, type);
        byte* address = (byte*)TensorMemory.AddressOf(piece);
        if (destination.device_type == DeviceType.CPU)
        {
            LargePages.Advise(TensorMemory.AddressOf(destination), count * destination.element_size());
        }

        for (long start = 0; start < count; start += pieceCount)
        {
            long length = Math.Min(pieceCount, count - start);
            file.ReadAt(entry, new Span<byte>(address, (int)(length * elementSize)), start * elementSize);
            using Tensor source = piece.narrow(0, 0, length);
            using Tensor target = destination.narrow(0, start, length);
            target.copy_(source);
        }
    }
}
