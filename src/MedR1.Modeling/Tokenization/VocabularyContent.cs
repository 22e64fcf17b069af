namespace MedR1.Modeling;

/// <summary>The content of vocabulary files, not yet checked.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Vocabulary">The id of each token, written in <see cref="ByteAlphabet"/> characters.</param>
/// <param name="Merges">The merges by rank.</param>
/// <param name="AddedTokens">The tokens that are matched as a whole.</param>
/// <param name="Normalizes">Whether text is normalized to NFC.</param>
internal sealed record VocabularyContent(
    string Path,
    Dictionary<string, int> Vocabulary,
    List<(string Left, string Right)> Merges,
    List<AddedToken> AddedTokens,
    bool Normalizes)
{
    /// <summary>The largest valid id; a larger id is treated as an error, because it would need a table of that size.</summary>
    private const int LargestId = (1 << 24) - 1;

    /// <summary>Checks ids and bytes; <see cref="MergeTable"/> checks the merges.</summary>
    /// <exception cref="TokenizerFormatException">An id is invalid or occurs twice, or a byte or added token is invalid.</exception>
    public void Check()
    {
        Dictionary<int, string> byId = new(Vocabulary.Count);
        foreach ((string token, int id) in Vocabulary)
        {
            CheckId(token, id);
            if (!byId.TryAdd(id, token))
            {
                throw Fault($"tokens '{byId[id]}' and '{token}' share id {id}; ids must be unique.");
            }
        }

        for (int value = 0; value < 256; value++)
        {
            string character = ByteAlphabet.CharacterOf((byte)value).ToString();
            if (!Vocabulary.ContainsKey(character))
            {
                throw Fault(
                    $"the vocabulary has no token '{character}' for byte {value}; a byte-level vocabulary " +
                    "has all 256.");
            }
        }

        HashSet<string> contents = [];
        foreach (AddedToken added in AddedTokens)
        {
            CheckId(added.Content, added.Id);
            if (!contents.Add(added.Content))
            {
                throw Fault($"the added token '{added.Content}' occurs twice.");
            }

            if (added.Content.Length == 0)
            {
                throw Fault($"the added token with id {added.Id} is empty.");
            }

            if (byId.TryGetValue(added.Id, out string? other) && other != added.Content)
            {
                throw Fault(
                    $"added token '{added.Content}' and token '{other}' share id {added.Id}; ids must be unique.");
            }

            byId[added.Id] = added.Content;
        }
    }

    private void CheckId(string token, int id)
    {
        if (id is < 0 or > LargestId)
        {
            throw Fault($"token '{token}' has id {id}; ids must be from 0 to {LargestId}.");
        }
    }

    /// <summary>Creates an exception that names the file.</summary>
    public TokenizerFormatException Fault(string problem) => new(Path, problem);
}
