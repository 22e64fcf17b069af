namespace MedR1.Sampling.Remote;

/// <summary>
/// Finds signs in a completion that the server ignored an option: servers don't refuse options that they don't know. Without token ids
/// there are no signs, and a penalty leaves none.
/// </summary>
internal static class IgnoredOptions
{
    /// <summary>Describes the first violation of the options in a completion; null if there is none.</summary>
    public static string? FirstIn(Completion completion, SamplingOptions sampling)
    {
        IReadOnlyList<int> ids = completion.TokenIds;
        if (ids.Count > sampling.MaxNewTokens)
        {
            return $"has {ids.Count} tokens, but at most {sampling.MaxNewTokens} are allowed; use a server that honours max_tokens";
        }

        if (completion.StopReason == StopReason.EndToken && ids.Count > 0 && ids.Count < sampling.MinNewTokens)
        {
            return $"ended after {ids.Count} tokens, but MinNewTokens is {sampling.MinNewTokens}; use a server that honours "
                + "min_tokens, or leave MinNewTokens at 0";
        }

        if (FirstOf(ids, sampling.SuppressedTokenIds, ids.Count) is int suppressed)
        {
            return $"has the suppressed token {ids[suppressed]} as its token {suppressed}; use a server that honours logit_bias";
        }

        return sampling.EndTokenIds is { } ends && FirstOf(ids, ends, ids.Count - 1) is int end
            ? $"continues after the end token {ids[end]}, its token {end} of {ids.Count}; use a server that honours stop_token_ids, or "
                + "leave EndTokenIds null for the model's"
            : null;
    }

    private static int? FirstOf(IReadOnlyList<int> ids, IReadOnlyList<int> sought, int count)
    {
        HashSet<int> those = [.. sought];
        int place = Enumerable.Range(0, Math.Max(0, count)).FirstOrDefault(i => those.Contains(ids[i]), -1);
        return place < 0 ? null : place;
    }
}
