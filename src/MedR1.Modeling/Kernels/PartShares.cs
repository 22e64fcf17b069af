using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// Distributes parts of work among threads. Each thread has a share of consecutive parts, and steals parts of other shares
/// when its own is done, so that a thread that is descheduled does not delay the work.
/// </summary>
/// <param name="shares">The memory of the shares.</param>
/// <param name="count">The number of threads.</param>
internal readonly unsafe struct PartShares(PartShares.Share* shares, int count)
{
    /// <summary>Divides parts among the shares; must not run concurrently with <see cref="TryTake"/>.</summary>
    public void Divide(long parts)
    {
        for (int share = 0; share < count; share++)
        {
            shares[share].Next = (int)(parts * share / count);
            shares[share].End = (int)(parts * (share + 1) / count);
        }
    }

    /// <summary>Takes a part that no thread has taken yet.</summary>
    /// <param name="thread">The index of the calling thread.</param>
    /// <param name="turn">The number of shares that this thread has found empty; initially 0.</param>
    /// <param name="part">The part.</param>
    /// <returns>Whether there was a part left.</returns>
    public bool TryTake(int thread, ref int turn, out int part)
    {
        for (; turn < count; turn++)
        {
            Share* share = shares + ((thread + turn) % count);
            part = Interlocked.Increment(ref share->Next) - 1;
            if (part < share->End)
            {
                return true;
            }
        }

        part = 0;
        return false;
    }

    /// <summary>A share, as large as a cache line to avoid false sharing.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    internal struct Share
    {
        public int Next;
        public int End;
    }
}
