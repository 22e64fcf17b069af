using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>Runs batches through the network.</summary>
internal sealed class Qwen2VLRunner(Qwen2VLConfiguration configuration, Qwen2VLNetwork network, Device device,
    ScalarType dataType, AdapterHost adapters, GradientCheckpointing? checkpointing = null)
{
    private readonly PromptLayout _layout = Qwen2VLLayout.Of(configuration);

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
        IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, IKeyValueCache cache, Tensor? imageFeatures)
    {
        PrefillBatch batch = new(_layout, prompts, slots, cache, SharesPrefix);
        return batch.Run(pattern =>
        {
            using DisposeScope scope = NewDisposeScope();
            using RotaryTable table = Table(batch);
            Tensor hidden = network.Decoder.Layers(Embed(prompts, batch, imageFeatures), table, pattern);
            return network.Logits(hidden).to(ScalarType.Float32).MoveToOuterDisposeScope();
        });
    }

    /// <summary>
    /// Runs <c>[rows]</c> tokens after the content of a cache and returns <c>[rows, vocabulary]</c> float32 logits of the next
    /// token.
    /// </summary>
    public Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache) =>
        DecodeStep.Run(tokens, rows, cache, adapters, Step);

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
        GroupBatch batch = new(_layout, groups, SharesPrefix);
        return FiguresOf(pass => Statistics(NeededStates(groups, batch, imageFeatures, pass), batch.Targets, options));
    }

    /// <summary>Computes <c>[rows, T, hidden]</c>, the head's input for the prediction of each completion token.</summary>
    public PassOutput CompletionStates(IReadOnlyList<PackedGroup> groups)
    {
        GroupBatch batch = new(_layout, groups, SharesPrefix);
        return InPass(pass =>
        {
            PassOutput states = new(
                batch.Targets.Arrange(network.Decoder.Norm(NeededStates(groups, batch, imageFeatures: null, pass))));
            return (pass?.ReleasedWith(states) ?? states).MoveToOuterDisposeScope();
        });
    }

    /// <summary>Computes log-probabilities <c>[sequences, longest − 1]</c> of all tokens after the first.</summary>
    public TokenStatistics ScoreSequences(IReadOnlyList<EncodedPrompt> sequences)
    {
        SequenceBatch batch = new(_layout, sequences);
        if (batch.Targets.Columns == 0)
        {
            return new TokenStatistics(
                zeros(sequences.Count, 0, ScalarType.Float32, device), zeros(sequences.Count, 0, ScalarType.Bool, device), null);
        }

        return FiguresOf(pass => Statistics(
            batch.NeededOf(Hidden(sequences, batch, null, pass)), batch.Targets, new TokenStatisticsOptions()));
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
        IReadOnlyList<EncodedPrompt> sequences, SequenceBatch batch, ActivationObserver? observer, CheckpointedPass? pass = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = Embed(sequences, batch, pass: pass);
        observer?.Invoke("inputs_embeds", input);
        return Layers(input, Table(batch), batch.CreatePattern, observer, pass).MoveToOuterDisposeScope();
    }

    // Computes the output of the last layer, [M, hidden], only for tokens from which a completion token is predicted.
    private Tensor NeededStates(
        IReadOnlyList<PackedGroup> groups, GroupBatch batch, Tensor? imageFeatures, CheckpointedPass? pass)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = Embed([.. groups.Select(group => group.Prompt)], batch, imageFeatures, pass);
        return Layers(input, Table(batch), () => batch.CreatePattern(dataType, device), null, pass).MoveToOuterDisposeScope();
    }

    private bool SharesPrefix => !adapters.HasDropout;

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
        IReadOnlyList<EncodedPrompt> prompts, TokenBatch batch, Tensor? imageFeatures = null, CheckpointedPass? pass = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor embedded = network.Decoder.Embedding.call(batch.Tokens(device));
        if ((imageFeatures ?? Images.Encode(prompts, null, pass)) is { } features)
        {
            embedded = embedded.index_copy(
                0, batch.Placeholders(device), batch.FeaturesOf(features, configuration.Text.HiddenSize));
        }

        return embedded.MoveToOuterDisposeScope();
    }

    private RotaryTable Table(TokenBatch batch)
    {
        using Tensor positions_3N = batch.Positions(device);
        return network.Rotary.Table(positions_3N);
    }

    private TokenStatistics Statistics(Tensor hidden, TokenTargets targets, TokenStatisticsOptions options)
    {
        using DisposeScope scope = NewDisposeScope();
        if (hidden.shape[0] * configuration.Text.VocabularySize <= MostLogits || network.HeadWeight is not { } weight)
            return TokenScores.Compute(network.Logits(hidden), targets, options).MoveToOuterDisposeScope();
        return HeadInPieces.Compute(network.Decoder.Norm(hidden), weight, targets, options).MoveToOuterDisposeScope();
    }
}
