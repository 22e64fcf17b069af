using MedR1.Modeling;
using TorchSharp.Modules;

namespace MedR1.Testing;

/// <summary>Checks what a policy says of itself.</summary>
internal static class DescriptionContract
{
    public static IReadOnlyList<(string Subject, Action<ContractCase> Check)> Checks { get; } =
        [("Parameters", Parameters), ("Tokens", Tokens), ("CloneFrozen", CloneFrozen)];

    private static void Parameters(ContractCase given)
    {
        IVisionLanguagePolicy policy = given.Policy;
        string[] names = [.. policy.Parameters.Select(pair => pair.Key)];
        ContractCase.Require(names.Length > 0, "there are none.");
        ContractCase.Require(
            names.Distinct(StringComparer.Ordinal).Count() == names.Length,
            $"'{names.GroupBy(name => name, StringComparer.Ordinal).MaxBy(same => same.Count())!.Key}' occurs twice.");
        ContractCase.Require(names.SequenceEqual(policy.Parameters.Select(pair => pair.Key)), "their order changes.");
        HashSet<IntPtr> listed = [.. policy.Parameters.Select(pair => pair.Value.Handle)];
        ContractCase.Require(listed.Count == names.Length, "one is listed under two names; a tied one occurs once.");
        foreach ((string name, Parameter parameter) in policy.Network.named_parameters())
        {
            ContractCase.Require(
                listed.Contains(parameter.Handle), $"'{name}' of the network is missing, so that it would be neither trained nor saved.");
        }

        foreach (string name in names)
        {
            ModelPart part = policy.PartOf(name);
            ContractCase.Require(Enum.IsDefined(part), $"'{name}' belongs to part {part}, which doesn't exist.");
        }
    }

    private static void Tokens(ContractCase given)
    {
        IVisionLanguagePolicy policy = given.Policy;
        int size = policy.VocabularySize;
        int known = policy.Processor.Tokenizer.VocabularySize;
        ContractCase.Require(known <= size, $"the tokenizer has {known}, but there are {size} logits.");
        ContractCase.Require(policy.EndTokenIds.Count > 0, "no token ends a completion (EndTokenIds).");
        foreach (int token in policy.EndTokenIds.Concat(policy.SuppressedTokenIds))
        {
            ContractCase.Require(token >= 0 && token < size, $"{token} is no token: there are {size} logits.");
        }

        int[] both = [.. policy.EndTokenIds.Intersect(policy.SuppressedTokenIds)];
        ContractCase.Require(both.Length == 0, $"{string.Join(", ", both)} would end completions but is suppressed.");
    }

    private static void CloneFrozen(ContractCase given)
    {
        using IVisionLanguagePolicy clone = given.Policy.CloneFrozen();
        string? trainable = clone.Parameters.FirstOrDefault(pair => pair.Value.requires_grad).Key;
        ContractCase.Require(trainable is null, $"'{trainable}' takes a gradient.");
        given.RequireNear(
            "log-probabilities", given.LogProbabilities(given.Policy, given.Groups), given.LogProbabilities(clone, given.Groups));
    }
}
