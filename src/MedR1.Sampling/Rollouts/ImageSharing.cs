using System.Runtime.InteropServices;

using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>
/// Makes equal pictures of a batch one object, so that the vision tower sees each once: questions about the same
/// picture are the rule in medical sets, and each prompt opens its own.
/// </summary>
internal static class ImageSharing
{
    public static IReadOnlyList<PromptTicket> Share(IReadOnlyList<PromptTicket> batch)
    {
        Dictionary<EncodedImage, EncodedImage> known = new(ContentComparer.Instance);
        return [.. batch.Select(ticket => ticket.Encoded.Images.Count == 0 ? ticket : ticket with
        {
            Encoded = ticket.Encoded with { Images = [.. ticket.Encoded.Images.Select(image => First(known, image))] },
        })];
    }

    private static EncodedImage First(Dictionary<EncodedImage, EncodedImage> known, EncodedImage image)
    {
        ref EncodedImage? first = ref CollectionsMarshal.GetValueRefOrAddDefault(known, image, out _);
        return first ??= image;
    }

    private sealed class ContentComparer : IEqualityComparer<EncodedImage>
    {
        public static ContentComparer Instance { get; } = new();

        public bool Equals(EncodedImage? left, EncodedImage? right) => ReferenceEquals(left, right)
            || (left is not null && right is not null && left.Grid == right.Grid
                && BytesOf(left).SequenceEqual(BytesOf(right)));

        public int GetHashCode(EncodedImage image)
        {
            HashCode hash = default;
            hash.Add(image.Grid);
            hash.AddBytes(BytesOf(image));
            return hash.ToHashCode();
        }

        private static ReadOnlySpan<byte> BytesOf(EncodedImage image) => MemoryMarshal.AsBytes(image.Patches.Span);
    }
}
