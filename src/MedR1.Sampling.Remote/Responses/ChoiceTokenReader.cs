using System.Globalization;
using System.Text.Json;

namespace MedR1.Sampling.Remote;

/// <summary>Reads the tokens of one completion from an answer.</summary>
internal sealed class ChoiceTokenReader(ServerAnswer answer, int index, RemoteSamplerOptions options)
{
    private const string IdPrefix = "token_id:";

    // vLLM writes this in place of a missing log-probability, or of minus infinity, which JSON doesn't have; SGLang the lowest float.
    private const double StandIn = -9999;

    // Tolerates rounding above 0.
    private const double HighestLogProbability = 0.001;

    /// <summary>Reads tokens and log-probabilities, and rejects them if a trainer could not use them.</summary>
    public ChoiceTokens Read(JsonElement? choice, string text)
    {
        if (!options.RequireLogProbabilities)
        {
            IReadOnlyList<int>? sent = SentIds(choice);
            return new ChoiceTokens(sent ?? Encoded(text) ?? [], [], AreSampled: sent is not null);
        }

        IReadOnlyList<JsonElement> items = choice.Member("logprobs").Member("content").Items() ?? [];
        if (items.Count == 0)
        {
            throw Fail(
                "has no log-probabilities; use a server that sends them, or, without a trainer, set RequireLogProbabilities to false");
        }

        string[] names = [.. items.Select(item => ((JsonElement?)item).Member("token").Text() ?? "")];
        float[] logProbabilities = new float[items.Count];
        for (int i = 0; i < items.Count; i++)
        {
            JsonElement? sent = ((JsonElement?)items[i]).Member("logprob");
            double value = sent.Number();
            if (!(double.IsFinite(value) && value > StandIn))
            {
                throw Fail($"has no finite log-probability for token {i} ('{names[i]}'), but {sent?.GetRawText() ?? "nothing"}");
            }

            if (value > HighestLogProbability)
            {
                throw Fail(
                    $"has a log-probability of {value.ToText()} for token {i} ('{names[i]}'); "
                    + "start vLLM with --logprobs-mode processed_logprobs or raw_logprobs, not one of the logits");
            }

            logProbabilities[i] = (float)value;
        }

        (IReadOnlyList<int> ids, bool areSampled) = Ids(choice, items, names, text);
        return new ChoiceTokens(ids, logProbabilities, areSampled);
    }

    private (IReadOnlyList<int> Ids, bool AreSampled) Ids(JsonElement? choice, IReadOnlyList<JsonElement> items, string[] names, string text)
    {
        // vLLM names tokens by their ids; llama.cpp sends the ids next to the names.
        int?[] named = [.. names.Zip(items, (name, item) => NamedId(name) ?? ((JsonElement?)item).Member("id").Integer())];
        if (named.All(id => id >= 0))
        {
            return ([.. named.OfType<int>()], true);
        }

        if (SentIds(choice) is IReadOnlyList<int> sent)
        {
            return (Counted(sent, names.Length, "The server sent"), true);
        }

        if (Encoded(text) is IReadOnlyList<int> encoded)
        {
            return (Counted(encoded, names.Length, "Tokenize returned"), false);
        }

        int unnamed = Array.FindIndex(named, id => id is null or < 0);
        throw Fail($"names its token {unnamed} '{names[unnamed]}' instead of '{IdPrefix}' and a number; "
            + "use a server that honours return_tokens_as_token_ids, or set Tokenize");
    }

    private IReadOnlyList<int>? Encoded(string text) => options.Tokenize is null
        ? null
        : options.Tokenize(text) ?? throw Fail($"can't be read, since Tokenize returned null for '{text}'");

    private IReadOnlyList<int> Counted(IReadOnlyList<int> ids, int count, string who) => ids.Count == count
        ? ids
        : throw Fail($"has {count} log-probabilities. {who} {ids.Count} token ids for it; the counts must match");

    private static int? NamedId(string name) =>
        name.StartsWith(IdPrefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(IdPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? id
            : null;

    private static IReadOnlyList<int>? SentIds(JsonElement? choice)
    {
        int?[]? ids = choice.Member("token_ids").Items() is { Count: > 0 } items
            ? [.. items.Select(item => ((JsonElement?)item).Integer())]
            : DescribedIds(choice);
        return ids is { Length: > 0 } && ids.All(id => id >= 0) ? [.. ids.OfType<int>()] : null;
    }

    // SGLang describes each token by its log-probability, id and text.
    private static int?[]? DescribedIds(JsonElement? choice) =>
        choice.Member("meta_info").Member("output_token_logprobs").Items() is IReadOnlyList<JsonElement> tokens
            ? [.. tokens.Select(token => ((JsonElement?)token).Items() is [_, JsonElement id, ..] ? ((JsonElement?)id).Integer() : null)]
            : null;

    private RemoteSamplingException Fail(string problem) => answer.Fail($"choice {index} {problem}.");
}
