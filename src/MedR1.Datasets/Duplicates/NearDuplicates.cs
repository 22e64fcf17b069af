using System.Numerics;

namespace MedR1.Datasets;

/// <summary>Finds near-duplicate images.</summary>
internal static class NearDuplicates
{
    private const int HashBits = 64;

    /// <summary>Joins the groups of near-duplicate images, comparing only images that are not already in one group.</summary>
    /// <remarks>
    /// Two hashes that differ in at most d bits are equal in at least one of d + 1 bands of bits, so only hashes that share a band
    /// are compared.
    /// </remarks>
    public static void Find(
        IReadOnlyList<ImageFingerprint> fingerprints, NearDuplicateOptions options, UnionFind groups,
        CancellationToken cancellationToken)
    {
        int bands = options.MaxBitDistance + 1;
        for (int band = 0; band < bands; band++)
        {
            ulong mask = Band(band, bands);
            foreach (IGrouping<ulong, int> bucket in Enumerable.Range(0, fingerprints.Count)
                .GroupBy(i => fingerprints[i].Hash & mask))
            {
                Compare([.. bucket], fingerprints, options, groups, cancellationToken);
            }
        }
    }

    private static void Compare(
        int[] bucket, IReadOnlyList<ImageFingerprint> fingerprints, NearDuplicateOptions options, UnionFind groups,
        CancellationToken cancellationToken)
    {
        for (int i = 0; i < bucket.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int j = i + 1; j < bucket.Length; j++)
            {
                ImageFingerprint first = fingerprints[bucket[i]];
                ImageFingerprint second = fingerprints[bucket[j]];
                if (!groups.AreJoined(bucket[i], bucket[j])
                    && BitOperations.PopCount(first.Hash ^ second.Hash) <= options.MaxBitDistance
                    && first.GrayDistance(second) <= options.MaxGrayDistance)
                {
                    groups.Join(bucket[i], bucket[j]);
                }
            }
        }
    }

    private static ulong Band(int band, int bands)
    {
        int start = band * HashBits / bands;
        int end = (band + 1) * HashBits / bands;
        ulong below = end == HashBits ? ulong.MaxValue : (1UL << end) - 1;
        return below & ~((1UL << start) - 1);
    }
}
