using System.Runtime.CompilerServices;
using System.Text.Json;
using MedR1.Training;

namespace MedR1.Conformance;

/// <summary>
/// Plays the script of a GRPO case: the prompts, the completions, their rewards, and the assignment of completions to
/// micro-steps. Rows are numbered within their generation, group by group.
/// </summary>
internal sealed class ScriptedRun : ISampler, IExampleOrder, IUpdatePlanner
{
    private readonly JsonElement _inputs;
    private readonly JsonElement[] _generations;
    private readonly HashSet<int> _endTokens;

    public ScriptedRun(JsonElement inputs)
    {
        _inputs = inputs;
        _generations = [.. inputs.GetProperty("generations").EnumerateArray()];
        _endTokens = [.. CaseModel.Integers(inputs.GetProperty("eos_token_ids"))];
        GroupSize = inputs.GetProperty("config").GetProperty("num_generations").GetInt32();
    }

    /// <summary>The number of completions per prompt.</summary>
    public int GroupSize { get; }

    /// <summary>The generation that was sampled last.</summary>
    public int Generation { get; private set; } = -1;

    /// <summary>The number of prompts per generation.</summary>
    public int PromptsPerGeneration => Rows(0).Length / GroupSize;

    /// <summary>The number of optimizer steps per generation in one pass over it.</summary>
    public int StepsPerGeneration
    {
        get
        {
            JsonElement config = _inputs.GetProperty("config");
            return config.GetProperty("steps_per_generation").GetInt32()
                / config.GetProperty("gradient_accumulation_steps").GetInt32();
        }
    }

    /// <summary>The completions of a generation.</summary>
    public JsonElement[] Rows(int generation) => [.. _generations[generation].GetProperty("rows").EnumerateArray()];

    /// <summary>The number of tokens of the longest completion of a generation.</summary>
    public int Width(int generation) => Rows(generation).Max(row => row.GetProperty("completion_ids").GetArrayLength());

    /// <summary>The rows of each micro-step of an optimizer step.</summary>
    public IReadOnlyList<int[]> MicroSteps(long optimizerStep) =>
        [.. _inputs.GetProperty("micro_steps").EnumerateArray()
            .Where(step => step.GetProperty("optimizer_step").GetInt64() == optimizerStep)
            .Select(step => CaseModel.Integers(step.GetProperty("rows")))];

    public int IndexAt(long position, int count)
    {
        int generation = (int)(position / PromptsPerGeneration);
        int group = (int)(position % PromptsPerGeneration);
        return Rows(generation)[group * GroupSize].GetProperty("prompt").GetInt32();
    }

    public async IAsyncEnumerable<CompletionGroup> SampleAsync(
        IReadOnlyList<VqaPrompt> prompts, SamplingOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        JsonElement[] rows = Rows(++Generation);
        for (int group = 0; group < prompts.Count; group++)
        {
            Completion[] completions = [.. rows.Skip(group * GroupSize).Take(GroupSize).Select(Say)];
            yield return new CompletionGroup(prompts[group], completions) { PromptIndex = group };
        }
    }

    public IReadOnlyList<PlannedStep> Plan(Rollout rollout, RolloutTrainerOptions options)
    {
        // A run that is shorter than its last generation has no micro-steps for the rest of it: placeholders make the trainer
        // count all steps of the generation. They are never run.
        long first = rollout.Index * StepsPerGeneration * options.Iterations;
        PlannedStep[] plan = [.. Enumerable.Range(0, StepsPerGeneration).Select(step => MicroSteps(first + step))
            .Where(steps => steps.Count > 0)
            .Select(steps => new PlannedStep([.. steps.Select(rows => rows.Select(IndexOf).ToArray())]))];
        return [.. plan, .. Enumerable.Repeat(plan[^1], StepsPerGeneration - plan.Length)];
    }

    /// <summary>Returns the completion of a row.</summary>
    public CompletionIndex IndexOf(int row) => new(row / GroupSize, row % GroupSize);

    /// <summary>The rewards with their names in the log of the reference, one object each.</summary>
    public IEnumerable<IGroupReward> Rewards(JsonElement firstStep)
    {
        string[] names = [.. firstStep.EnumerateObject().Select(property => property.Name.Split('/'))
            .Where(parts => parts is ["rewards", _, "mean"]).Select(parts => parts[1])];
        int count = Rows(0)[0].GetProperty("rewards").GetArrayLength();
        return Enumerable.Range(0, count)
            .Select(index => new Script(this, index, names.Length == count ? names[index] : $"r{index}"));
    }

    private Completion Say(JsonElement row, int sample)
    {
        int[] tokens = CaseModel.Integers(row.GetProperty("completion_ids"));
        return new Completion
        {
            Text = "",
            TokenIds = tokens,
            StopReason = tokens.Length > 0 && _endTokens.Contains(tokens[^1]) ? StopReason.EndToken : StopReason.Length,
            SampleIndex = sample,
        };
    }

    private sealed class Script(ScriptedRun run, int index, string name) : IGroupReward
    {
        public string Name => name;

        public ValueTask<IReadOnlyList<double?>> ScoreAsync(
            CompletionGroup group, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<IReadOnlyList<double?>>(
                [.. run.Rows(run.Generation).Skip(group.PromptIndex * run.GroupSize)
                .Take(run.GroupSize).Select(row => row.GetProperty("rewards")[index])
                .Select(value => value.ValueKind == JsonValueKind.Null ? (double?)null : value.GetDouble())]);
    }
}
