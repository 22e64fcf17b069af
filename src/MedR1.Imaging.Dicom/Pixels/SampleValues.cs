using System.Buffers.Binary;

namespace MedR1.Imaging.Dicom;

/// <summary>Extracts stored values from their bytes: the stored bits below the high bit, with their sign.</summary>
internal static class SampleValues
{
    public static int[] Read(ReadOnlySpan<byte> bytes, PixelFormat format)
    {
        int[] values = new int[format.PixelCount];
        int shift = format.HighBit + 1 - format.BitsStored;
        int unused = 32 - format.BitsStored;
        for (int i = 0; i < values.Length; i++)
        {
            int raw = format.SampleBytes == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * 2)..]) : bytes[i];
            int top = (raw >> shift) << unused;
            values[i] = format.IsSigned ? top >> unused : (int)((uint)top >> unused);
        }

        return values;
    }
}
