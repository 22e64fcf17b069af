using System.Text;

namespace MedR1;

/// <summary>
/// The similarity of two texts, as computed by Python's <c>difflib.SequenceMatcher(None, a, b).ratio()</c>: matching blocks found
/// by Ratcliff and Obershelp's method over code points, ignoring frequent characters as <c>difflib</c> does. The order of the texts
/// matters.
/// </summary>
public static class SequenceMatcher
{
    private const int FrequencyCountsFrom = 200;

    /// <summary>
    /// <c>2 · M / T</c>, where M is the number of matched characters and T the total number in both texts: 1 for equal texts,
    /// including empty ones, 0 if nothing matches.
    /// </summary>
    /// <param name="first">The text called a in Python.</param>
    /// <param name="second">The text called b in Python, whose characters are indexed.</param>
    public static double Ratio(string first, string second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        int[] a = CodePoints(first);
        int[] b = CodePoints(second);
        int length = a.Length + b.Length;
        return length == 0 ? 1.0 : 2.0 * CountMatches(a, b) / length;
    }

    private static int CountMatches(int[] a, int[] b)
    {
        Dictionary<int, List<int>> index = IndexOf(b);
        Stack<(int AFrom, int ATo, int BFrom, int BTo)> open = new();
        open.Push((0, a.Length, 0, b.Length));
        int matches = 0;
        int[] lengths = new int[b.Length + 1];
        int[] previous = new int[b.Length + 1];
        while (open.TryPop(out (int AFrom, int ATo, int BFrom, int BTo) part))
        {
            (int aStart, int bStart, int size) = LongestMatch(a, b, index, part, ref lengths, ref previous);
            if (size == 0)
            {
                continue;
            }

            matches += size;
            if (part.AFrom < aStart && part.BFrom < bStart)
            {
                open.Push((part.AFrom, aStart, part.BFrom, bStart));
            }

            if (aStart + size < part.ATo && bStart + size < part.BTo)
            {
                open.Push((aStart + size, part.ATo, bStart + size, part.BTo));
            }
        }

        return matches;
    }

    // The earliest of the longest matching runs without a frequent character of b, extended by adjacent equal characters of any
    // kind.
    private static (int AStart, int BStart, int Size) LongestMatch(
        int[] a, int[] b, Dictionary<int, List<int>> index, (int AFrom, int ATo, int BFrom, int BTo) part,
        ref int[] lengths, ref int[] previous)
    {
        (int bestA, int bestB, int bestSize) = (part.AFrom, part.BFrom, 0);
        List<int> written = [];
        List<int> writtenBefore = [];
        for (int i = part.AFrom; i < part.ATo; i++)
        {
            if (index.TryGetValue(a[i], out List<int>? places))
            {
                foreach (int j in places)
                {
                    if (j < part.BFrom)
                    {
                        continue;
                    }

                    if (j >= part.BTo)
                    {
                        break;
                    }

                    // lengths[j + 1] is the length of the run that ends at a[i] and b[j].
                    int size = previous[j] + 1;
                    lengths[j + 1] = size;
                    written.Add(j + 1);
                    if (size > bestSize)
                    {
                        (bestA, bestB, bestSize) = (i - size + 1, j - size + 1, size);
                    }
                }
            }

            Clear(previous, writtenBefore);
            (lengths, previous) = (previous, lengths);
            (written, writtenBefore) = (writtenBefore, written);
        }

        Clear(previous, writtenBefore);
        while (bestA > part.AFrom && bestB > part.BFrom && a[bestA - 1] == b[bestB - 1])
        {
            (bestA, bestB, bestSize) = (bestA - 1, bestB - 1, bestSize + 1);
        }

        while (bestA + bestSize < part.ATo && bestB + bestSize < part.BTo && a[bestA + bestSize] == b[bestB + bestSize])
        {
            bestSize++;
        }

        return (bestA, bestB, bestSize);
    }

    private static void Clear(int[] lengths, List<int> written)
    {
        foreach (int place in written)
        {
            lengths[place] = 0;
        }

        written.Clear();
    }

    private static Dictionary<int, List<int>> IndexOf(int[] b)
    {
        Dictionary<int, List<int>> index = [];
        for (int j = 0; j < b.Length; j++)
        {
            if (!index.TryGetValue(b[j], out List<int>? places))
            {
                index.Add(b[j], places = []);
            }

            places.Add(j);
        }

        if (b.Length >= FrequencyCountsFrom)
        {
            int most = b.Length / 100 + 1;
            foreach (int frequent in index.Where(entry => entry.Value.Count > most).Select(entry => entry.Key).ToList())
            {
                index.Remove(frequent);
            }
        }

        return index;
    }

    private static int[] CodePoints(string text)
    {
        List<int> points = new(text.Length);
        for (int i = 0; i < text.Length;)
        {
            bool isCharacter = Rune.TryGetRuneAt(text, i, out Rune character);
            points.Add(isCharacter ? character.Value : text[i]);
            i += isCharacter ? character.Utf16SequenceLength : 1;
        }

        return [.. points];
    }
}
