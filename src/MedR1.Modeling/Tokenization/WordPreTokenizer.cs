using Microsoft.ML.Tokenizers;

namespace MedR1.Modeling;

/// <summary>Passes the words of <see cref="WordSplitter"/> to the BPE engine.</summary>
internal sealed class WordPreTokenizer : PreTokenizer
{
    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => PreTokenize(text.AsSpan());

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text)
    {
        List<(int Offset, int Length)> words = [];
        for (int start = 0; start < text.Length;)
        {
            int end = WordSplitter.EndOfWord(text, start);
            words.Add((start, end - start));
            start = end;
        }

        return words;
    }
}
