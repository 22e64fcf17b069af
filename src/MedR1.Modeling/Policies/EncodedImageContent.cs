using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>Compares images by everything that the vision tower reads.</summary>
internal sealed class EncodedImageContent : IEqualityComparer<EncodedImage>
{
    // An image has hundreds of thousands of values; different images rarely agree in all of the sampled ones.
    private const int HashedValues = 64;

    public bool Equals(EncodedImage? left, EncodedImage? right) => ReferenceEquals(left, right)
        || (left is not null && right is not null && left.Grid == right.Grid
            && left.SecondsPerFrame.Equals(right.SecondsPerFrame) && BytesOf(left).SequenceEqual(BytesOf(right)));

    public int GetHashCode(EncodedImage image)
    {
        HashCode hash = default;
        hash.Add(image.Grid);
        ReadOnlySpan<float> values = image.Patches.Span;
        int stride = Math.Max(1, values.Length / HashedValues);
        for (int place = 0; place < values.Length; place += stride)
        {
            // Hashes bits, consistent with Equals, which compares bytes and therefore distinguishes 0 from -0.
            hash.Add(BitConverter.SingleToInt32Bits(values[place]));
        }

        return hash.ToHashCode();
    }

    private static ReadOnlySpan<byte> BytesOf(EncodedImage image) => MemoryMarshal.AsBytes(image.Patches.Span);
}
