using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// Parts of a work divided among threads. Each has a share of its own, whose memory it reads in order, and helps with the
/// others' when that is done: a thread that the system holds up leaves more to them.
/// </summary>
/// <param name="shares">Room for the shares.</param>
/// <param name="count">How many threads.</param>
internal readonly unsafe struct PartShares(PartShares.Share* shares, int count)
{
    /// <summary>Divides parts, while no thread takes any.</summary>
    public void Divide(long parts)
    {
        for (int share = 0; share < count; share++)
        {
            shares[share].Next = (int)(parts * share / count);
            shares[share].End = (int)(parts * (share + 1) / count);
        }
    }

    /// <summary>Takes a part that no thread has taken yet.</summary>
    /// <param name="thread">Who takes it, from 0.</param>
    /// <param name="turn">How many shares it has found empty; 0 at first.</param>
    /// <param name="part">The part.</param>
    /// <returns>Whether there was one.</returns>
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

    /// <summary>As wide as a line of the cache, for threads not to wait for each other's.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    internal struct Share
    {
        public int Next;
        public int End;
    }
}
