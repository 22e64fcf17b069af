using System.Collections.Concurrent;
using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>A tokenizer that encodes each text as one token, so that a test sees the pieces.</summary>
internal sealed class WordTokenizer(params string[] controlTokens) : ITextTokenizer
{
    private readonly ConcurrentDictionary<string, int> _pieces = new();

    public List<string> Pieces { get; } = [];

    public int VocabularySize => int.MaxValue;

    public IReadOnlyDictionary<string, int> SpecialTokens { get; } =
        controlTokens.Select((token, i) => (token, i)).ToDictionary(pair => pair.token, pair => -1 - pair.i);

    public IReadOnlyList<int> Encode(string text, ControlTokenHandling handling = ControlTokenHandling.AsText)
    {
        Assert.Equal(ControlTokenHandling.AsText, handling);
        Pieces.Add(text);
        return [_pieces.GetOrAdd(text, _ => _pieces.Count)];
    }

    public string Decode(IEnumerable<int> tokenIds, bool skipSpecialTokens = true) => throw new NotSupportedException();

    public IStreamingDecoder CreateStreamingDecoder(bool skipSpecialTokens = true) => throw new NotSupportedException();
}
