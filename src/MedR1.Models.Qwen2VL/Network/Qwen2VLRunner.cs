using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>Runs batches through the network.</summary>
internal sealed class Qwen2VLRunner(Qwen2VLConfiguration configuration, Qwen2VLNetwork network, Device device,
    ScalarType dataType, AdapterHost adapters, GradientCheckpointing? checkpointing = null)
{
    /// <summary>The number of logits above which a scoring pass computes the head in pieces; 128 MiB of float32.</summary>
    internal long MostLogits { get; set; } = 1L << 25;

    /// <summary>Whether decode steps use a <see cref="StepRecorder"/> if there is one.</summary>
    internal bool StepsByKernels { get; set; } = true;

    /// <summary>Computes the features of images.</summary>
    internal ImageEncoder Images { get; } = new(configuration.Vision, network.Vision, device, dataType, adapters);

    /// <summary>
    /// Runs prompts, writes them to slots of a cache, and returns <c>[prompts, vocabulary]</c> float32 logits of the next token.
    /// </summary>
    public Tensor Prefill(
        IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, SlotKeyValueCache cache, Tensor? imageFeatures)
    {
        // On the CPU, the result of a prompt must not depend on the other prompts; on a GPU, one padded attention is faster.
        bool isPadded = device.type != DeviceType.CPU;
        int prefix = isPadded ? 0 : PrefixOf(prompts, 0);
        if (prefix > 0 && !PromptSequencePattern.TakesPrefix([.. prompts.Select(prompt => prompt.TokenIds.Count)], dataType, device))
            prefix = 0;
        PromptBatch batch = PromptBatch.Create(configuration, prompts, isPadded, prefix);
        cache.Begin(slots, batch.Lengths, batch.NextPositions);
        try
        {
            return Prefill(prompts, batch, slots, cache, imageFeatures, isPadded);
        }
        catch
        {
            cache.Forget(slots);
            throw;
        }
    }

    private Tensor Prefill(
        IReadOnlyList<EncodedPrompt> prompts, PromptBatch batch, IReadOnlyList<int> slots, SlotKeyValueCache cache,
        Tensor? imageFeatures, bool isPadded)
    {
        using DisposeScope scope = NewDisposeScope();
        using RotaryTable table = Table(batch.Positions);
        Tensor input = Embed(prompts, batch, [], imageFeatures);
        IAttentionPattern pattern = isPadded
            ? new PromptPattern(batch.Lengths, dataType, device, cache, slots)
            : new PromptSequencePattern(batch.Lengths, cache, slots, batch.Prefix);
        Tensor hidden = network.Decoder.Layers(input, table, pattern);
        return network.Logits(hidden).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Runs <c>[rows]</c> tokens after the content of a cache and returns <c>[rows, vocabulary]</c> float32 logits of the next
    /// token.
    /// </summary>
    public Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, SlotKeyValueCache cache)
    {
        if (cache.Programs is { } programs)
            return programs.Run(rows, tokens, adapters, Step);
        cache.Check(rows);
        using DisposeScope scope = NewDisposeScope();
        long[] numbers = [.. rows.Select(row => (long)cache.NextPositions[row.PromptSlot] + row.Length)];
        Tensor positions = tensor(numbers, device: device);
        return Step(tokens, positions, new DecodePattern(cache, rows)).MoveToOuterDisposeScope();
    }

    // A completion token has the same position on all axes.
    private RotaryTable TableBehindPrompts(Tensor positions) =>
        network.Rotary.Table(positions.to(ScalarType.Float32).expand(3, -1));

    private Tensor Step(Tensor tokens, Tensor positions, IAttentionPattern pattern)
    {
        using DisposeScope scope = NewDisposeScope();
        using RotaryTable table = TableBehindPrompts(positions);
        Tensor embedded = network.Decoder.Embedding.call(tokens);
        Tensor logits = TryStepOfKernels(embedded, table, pattern)
            ?? network.Logits(network.Decoder.Layers(embedded, table, pattern));
        return logits.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    private Tensor? TryStepOfKernels(Tensor embedded, RotaryTable table, IAttentionPattern pattern) =>
        StepsByKernels && StepRecorder.For(pattern) is { } step ? network.TryStep(step, embedded, table) : null;

    /// <summary>Computes statistics of the completions' tokens, with gradient.</summary>
    public TokenStatistics Score(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null)
    {
        CompletionBatch completions = CompletionBatch.Create(configuration, groups);
        return FiguresOf(pass => Statistics(
            NeededStates(groups, completions, imageFeatures, pass), completions.Sources, completions.Targets,
            completions.Mask, completions.Rows, completions.Longest, options));
    }

    /// <summary>Computes <c>[rows, T, hidden]</c>, the head's input for the prediction of each completion token.</summary>
    public PassOutput CompletionStates(IReadOnlyList<PackedGroup> groups)
    {
        CompletionBatch completions = CompletionBatch.Create(configuration, groups);
        return InPass(pass =>
        {
            PassOutput states = new(network.Decoder.Norm(NeededStates(groups, completions, imageFeatures: null, pass))
                .index_select(0, completions.Sources.ToDevice(device))
                .view(completions.Rows, completions.Longest, -1));
            return (pass?.ReleasedWith(states) ?? states).MoveToOuterDisposeScope();
        });
    }

    /// <summary>Computes log-probabilities <c>[sequences, longest − 1]</c> of all tokens after the first.</summary>
    public TokenStatistics ScoreSequences(IReadOnlyList<EncodedPrompt> sequences)
    {
        PromptBatch batch = PromptBatch.Create(configuration, sequences);
        int columns = batch.Length - 1;
        if (columns == 0)
        {
            return new TokenStatistics(
                zeros(batch.Count, 0, device: device), zeros(batch.Count, 0, ScalarType.Bool, device), null);
        }

        SequenceTargets targets = new(batch);
        return FiguresOf(pass => Statistics(
            Hidden(sequences, batch, null, pass).index_select(0, targets.Places.ToDevice(device)), targets.Sources, targets.Targets,
            targets.Mask, batch.Count, columns, new TokenStatisticsOptions()));
    }

    private TokenStatistics FiguresOf(Func<CheckpointedPass?, TokenStatistics> compute) => InPass(pass =>
    {
        TokenStatistics figures = compute(pass);
        return (pass?.ReleasedWith(figures) ?? figures).MoveToOuterDisposeScope();
    });

    // The resources of a checkpointed pass are released with its result, or at once if the pass fails.
    private T InPass<T>(Func<CheckpointedPass?, T> compute)
    {
        using DisposeScope scope = NewDisposeScope();
        using CheckpointedPass? pass = checkpointing?.Begin();
        try
        {
            return compute(pass);
        }
        catch
        {
            pass?.Release();
            throw;
        }
    }

    /// <summary>
    /// Computes the output of the last layer for every token of padded sequences, <c>[sequences · longest, hidden]</c>.
    /// </summary>
    public Tensor Hidden(
        IReadOnlyList<EncodedPrompt> sequences, PromptBatch batch, ActivationObserver? observer, CheckpointedPass? pass = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = Embed(sequences, batch, [], pass: pass);
        observer?.Invoke("inputs_embeds", input);
        return Layers(
            input, Table(batch.Positions), () => new CausalPattern(batch.Count, batch.Length), observer, pass)
            .MoveToOuterDisposeScope();
    }

    // Computes the output of the last layer, [M, hidden], only for tokens from which a completion token is predicted.
    private Tensor NeededStates(
        IReadOnlyList<PackedGroup> groups, CompletionBatch completions, Tensor? imageFeatures, CheckpointedPass? pass)
    {
        EncodedPrompt[] prompts = [.. groups.Select(group => group.Prompt)];
        PromptBatch batch = PromptBatch.Create(
            configuration, prompts, isPadded: false, PrefixOf(prompts, completions.Tokens.Count));
        GroupLengths lengths = new(batch.Lengths, completions.FedLengths, batch.Prefix);
        using DisposeScope scope = NewDisposeScope();
        Tensor input = Embed(prompts, batch, completions.Tokens, imageFeatures, pass);
        return Layers(
            input, Table(WithCompletions(batch, completions)), () => GroupPattern.Create(lengths, dataType, device), null, pass)
            .MoveToOuterDisposeScope();
    }

    // With dropout, each prompt has its own masks, so that a common prefix can't be shared.
    private int PrefixOf(IReadOnlyList<EncodedPrompt> prompts, int behind) =>
        adapters.HasDropout ? 0 : CommonPrefix.Of(configuration, prompts, behind);

    // If layers are recomputed, table and pattern must live until the backward pass.
    private Tensor Layers(
        Tensor input, RotaryTable table, Func<IAttentionPattern> makePattern, ActivationObserver? observer,
        CheckpointedPass? pass)
    {
        using IDisposable? ended = pass is null ? table : null;
        pass?.Keep(table);
        using DisposeScope scope = NewDisposeScope();
        IAttentionPattern pattern = makePattern();
        pass?.Keep(scope);
        return network.Decoder.Layers(input, table, pattern, observer, pass).MoveToOuterDisposeScope();
    }

    private Tensor Embed(
        IReadOnlyList<EncodedPrompt> prompts, PromptBatch batch, IReadOnlyList<long> more, Tensor? imageFeatures = null,
        CheckpointedPass? pass = null)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] tokens = more.Count == 0 ? batch.Tokens : [.. batch.Tokens, .. more];
        Tensor embedded = network.Decoder.Embedding.call(tokens.ToDevice(device));
        if ((imageFeatures ?? Images.Encode(prompts, null, pass)) is { } features)
        {
            if (!features.shape.SequenceEqual([batch.FeatureCount, configuration.Text.HiddenSize]))
            {
                throw new ArgumentException(
                    $"The features have shape [{string.Join(", ", features.shape)}], but the prompts' images need "
                    + $"[{batch.FeatureCount}, {configuration.Text.HiddenSize}]; pass the result of EncodeImages for these prompts.",
                    nameof(imageFeatures));
            }

            if (batch.FeatureRows.Count < batch.FeatureCount)
                features = features.index_select(0, batch.FeatureRows.ToArray().ToDevice(device));
            embedded = embedded.index_copy(0, batch.Placeholders.ToArray().ToDevice(device), features);
        }

        return embedded.MoveToOuterDisposeScope();
    }

    private RotaryTable Table(float[][] positions)
    {
        float[] all = [.. positions[0], .. positions[1], .. positions[2]];
        using Tensor positions_3N = all.ToDevice(device, 3, positions[0].Length);
        return network.Rotary.Table(positions_3N);
    }

    // A completion token has the same position on all axes, counted from the end of its prompt.
    private static float[][] WithCompletions(PromptBatch batch, CompletionBatch completions)
    {
        IEnumerable<int> firsts = completions.FedLengths.SelectMany(
            (rows, group) => Enumerable.Repeat(batch.NextPositions[group], rows.Sum()));
        float[] behind = [.. firsts.Zip(completions.Places, (first, place) => first + place)];
        return [.. batch.Positions.Select(axis => (float[])[.. axis, .. behind])];
    }

    private TokenStatistics Statistics(
        Tensor hidden, long[] sources, long[] targets, bool[] mask, int rows, int columns,
        TokenStatisticsOptions options)
    {
        if (hidden.shape[0] * configuration.Text.VocabularySize <= MostLogits || network.HeadWeight is not { } weight)
            return StatisticsOf(network.Logits(hidden), sources, targets, mask, rows, columns, options);
        using DisposeScope scope = NewDisposeScope();
        (Tensor sources_RT, Tensor targets_RT, Tensor mask_RT) = Places(sources, targets, mask, rows, columns);
        return HeadInPieces.Compute(
            network.Decoder.Norm(hidden), weight, sources_RT, targets_RT, mask_RT, options).MoveToOuterDisposeScope();
    }

    private TokenStatistics StatisticsOf(
        Tensor logits, long[] sources, long[] targets, bool[] mask, int rows, int columns,
        TokenStatisticsOptions options)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor sources_RT, Tensor targets_RT, Tensor mask_RT) = Places(sources, targets, mask, rows, columns);
        return TokenScores.Compute(logits, sources_RT, targets_RT, mask_RT, options).MoveToOuterDisposeScope();
    }

    private (Tensor Sources, Tensor Targets, Tensor Mask) Places(
        long[] sources, long[] targets, bool[] mask, int rows, int columns) => (
        sources.ToDevice(device).view(rows, columns),
        targets.ToDevice(device).view(rows, columns),
        tensor(mask, [rows, columns]).to(device, copy: true));
}
