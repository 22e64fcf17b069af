using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>Writes rollouts to JSON and reads them back, with exactly the same numbers.</summary>
internal static class RolloutFile
{
    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    // What a damaged file lacks is noticed here, and not by the step that needs it.
    private static readonly JsonSerializerOptions s_strict = new(Json)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The path of a rollout in a folder of recorded rollouts.</summary>
    public static string PathOf(string folder, long index) => Path.Combine(
        folder, string.Create(CultureInfo.InvariantCulture, $"rollout-{index:000000}.json"));

    public static byte[] Write(Rollout rollout) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new RolloutDocument
            {
                Format = RolloutDocument.CurrentFormat,
                Index = rollout.Index,
                Counts = rollout.Counts,
                Rewards = rollout.RewardNames,
                Groups = [.. rollout.Members.Select((member, index) => WithTargets(rollout, index, Describe(
                    member, rollout.Advantages[index],
                    rollout.OldLogProbabilities?[index] ?? member.OldLogProbabilities)))],
                Failures = [.. rollout.Failures
                    .Select(failure => new FailureDocument(failure.Reward, failure.Kind, failure.Message))],
            },
            Json);

    /// <summary>Writes the groups of a replay buffer.</summary>
    public static byte[] Write(ReplayBuffer buffer) => JsonSerializer.SerializeToUtf8Bytes(
        new ReplayDocument([.. buffer.Groups.Select(group => Describe(
            group, new double[group.Group.Completions.Count], group.OldLogProbabilities))]),
        Json);

    /// <summary>Reads the groups of a replay buffer.</summary>
    public static IEnumerable<RolloutGroup> ReadReplay(
        string path, PromptTaker taker, CancellationToken cancellationToken) =>
        RolloutRules.Require(path, Read<ReplayDocument>(path).Groups, taker.VocabularySize)
            .Select((group, index) => Restore(group, index, taker, cancellationToken));

    /// <exception cref="InvalidDataException">
    /// The file is not a rollout of the model, or its rollout was scored by different rewards.
    /// </exception>
    public static RolloutDocument Read(string path, IReadOnlyList<string> rewards, int vocabularySize)
    {
        RolloutDocument document = Read<RolloutDocument>(path);
        if (document.Format != RolloutDocument.CurrentFormat)
        {
            throw new InvalidDataException(
                $"'{path}' has format {document.Format}, but this version reads {RolloutDocument.CurrentFormat}.");
        }

        if (!document.Rewards.SequenceEqual(rewards))
        {
            throw new InvalidDataException(
                $"'{path}' was scored by {string.Join(", ", document.Rewards)}, but the trainer has "
                + $"{string.Join(", ", rewards)}. Add the same rewards in the same order.");
        }

        RolloutRules.Require(path, document.Groups, vocabularySize);
        return document.Groups.Count > 0 ? document : throw RolloutRules.Fault(path, "it has no groups");
    }

    /// <summary>Reassembles a rollout.</summary>
    /// <param name="document">The file.</param>
    /// <param name="taker">Takes the rollout's prompts from the data.</param>
    /// <param name="maker">Makes the rollout.</param>
    /// <param name="keepsAdvantages">Whether the advantages are taken from the file instead of recomputed.</param>
    /// <param name="cancellationToken">Cancels between prompts.</param>
    public static Rollout Restore(
        RolloutDocument document, PromptTaker taker, RolloutMaker maker, bool keepsAdvantages,
        CancellationToken cancellationToken)
    {
        RolloutGroup[] groups = [.. document.Groups.Select(
            (group, index) => Restore(group, index, taker, cancellationToken))];
        double[]? advantages = keepsAdvantages
            ? [.. document.Groups.SelectMany(group => group.Completions).Select(one => one.Advantage)] : null;
        Rollout rollout = maker.Make(
            document.Index, groups,
            [.. document.Failures.Select(failure => new RewardFailure(failure.Reward, failure.Kind, failure.Message))],
            document.Counts, advantages);
        if (document.Groups.All(group => group.Completions.All(one => one.OldLogProbabilities is not null)))
        {
            rollout.OldLogProbabilities = Gather(rollout, document, one => one.OldLogProbabilities);
        }

        if (document.Groups.Any(group => group.Completions.Any(one => one.TokenAdvantages is not null)))
        {
            rollout.TokenAdvantages = Gather(rollout, document, one => one.TokenAdvantages);
            rollout.Values = Gather(rollout, document, one => one.Values);
            rollout.Returns = Gather(rollout, document, one => one.Returns);
        }

        return rollout;
    }

    private static T Read<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), s_strict)
                ?? throw new JsonException("It is empty.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}' contains no rollouts: {exception.Message} {RolloutRules.Fix}", exception);
        }
    }

    private static float[][][] Gather(Rollout rollout, RolloutDocument document, Func<CompletionDocument, float[]?> numbers)
    {
        float[][][] gathered = [.. document.Groups.Select(group => group.Completions.Select(one => numbers(one)!).ToArray())];
        foreach ((int group, float[][] ofGroup) in gathered.Index())
        {
            rollout.LeaveOutUnknown(group, ofGroup);
        }

        return gathered;
    }

    private static GroupDocument WithTargets(Rollout rollout, int index, GroupDocument group) =>
        rollout.TokenAdvantages is null ? group : group with
        {
            Completions = [.. group.Completions.Select((completion, sample) => completion with
            {
                TokenAdvantages = rollout.TokenAdvantages[index][sample],
                Values = rollout.Values![index][sample],
                Returns = rollout.Returns![index][sample],
            })],
        };

    private static GroupDocument Describe(
        RolloutGroup member, IReadOnlyList<double> advantages, IReadOnlyList<float[]>? old) => new()
        {
            Prompt = member.Taken.Index,
            Example = member.Taken.Prompt.Example?.Id,
            Seed = member.Taken.Prompt.Seed,
            ReplayedFrom = member.ReplayedFrom,
            Completions = [.. member.Group.Completions.Select((completion, sample) => new CompletionDocument
            {
                Text = completion.Text,
                TokenIds = completion.TokenIds,
                StopReason = completion.StopReason,
                SampleIndex = completion.SampleIndex,
                LogProbabilities = completion.LogProbabilities,
                ProcessedLogProbabilities = completion.ProcessedLogProbabilities,
                Reward = member.Group.Scores![sample].Total,
                ByReward = member.Group.Scores[sample].ByReward,
                Advantage = advantages[sample],
                OldLogProbabilities = old is null ? null : old[sample] ?? [],
            })],
        };

    private static RolloutGroup Restore(
        GroupDocument group, int index, PromptTaker taker, CancellationToken cancellationToken)
    {
        if (group.Prompt < 0 || group.Prompt >= taker.Count)
        {
            throw new InvalidDataException(
                $"A group answers prompt {group.Prompt}, but there are {taker.Count}. Use the data that the rollout was "
                + "made from.");
        }

        TakenPrompt taken = taker.TakeAt(group.Prompt, group.Seed, cancellationToken);
        if (taken.Prompt.Example?.Id != group.Example)
        {
            throw new InvalidDataException(
                $"Prompt {group.Prompt} was for example '{group.Example}' and is for '{taken.Prompt.Example?.Id}': the "
                + "data has changed. Use the data that the rollout was made from.");
        }

        return new RolloutGroup(taken, new CompletionGroup(
            taken.Prompt,
            [.. group.Completions.Select(one => new Completion
            {
                Text = one.Text,
                TokenIds = one.TokenIds,
                StopReason = one.StopReason,
                SampleIndex = one.SampleIndex,
                LogProbabilities = one.LogProbabilities,
                ProcessedLogProbabilities = one.ProcessedLogProbabilities,
            })])
        {
            PromptIndex = index,
            PromptTokenCount = taken.Encoded.TokenIds.Count,
            Scores = [.. group.Completions.Select(one => new CompletionScore(one.Reward, one.ByReward))],
        })
        {
            ReplayedFrom = group.ReplayedFrom,
            OldLogProbabilities = group.ReplayedFrom is null
                ? null : [.. group.Completions.Select(one => one.OldLogProbabilities ?? [])],
        };
    }
}
