using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The seam between a model family and everything else: sampling and training know a model only through this. It is
/// used by one thread at a time; who makes it disposes it.
/// </summary>
public interface IVisionLanguagePolicy : IDisposable
{
    /// <summary>The network.</summary>
    nn.Module Network { get; }

    /// <summary>The processor that belongs to the network.</summary>
    IVisionLanguageProcessor Processor { get; }

    /// <summary>Where the network lives.</summary>
    Device Device { get; }

    /// <summary>The type of the weights.</summary>
    ScalarType DataType { get; }

    /// <summary>Rows of the head, which may be more than the tokenizer has tokens.</summary>
    int VocabularySize { get; }

    /// <summary>The most tokens of prompt and completion together.</summary>
    int ContextLength { get; }

    /// <summary>Tokens that end a completion.</summary>
    IReadOnlyList<int> EndTokenIds { get; }

    /// <summary>
    /// Tokens that a completion must never hold: those that stand for pictures and clips, and their marks.
    /// </summary>
    IReadOnlyList<int> SuppressedTokenIds { get; }

    /// <summary>Every parameter once, by its name in a checkpoint file, in a fixed order.</summary>
    IReadOnlyList<KeyValuePair<string, Parameter>> Parameters { get; }

    /// <summary>
    /// The dropout seed used in training; <see langword="null"/> without dropout. A resumed run must use the same seed.
    /// </summary>
    long? DropoutSeed => null;

    /// <summary>What a parameter is a part of.</summary>
    /// <param name="parameterName">Its name in <see cref="Parameters"/>.</param>
    ModelPart PartOf(string parameterName) => ModelPart.Language;

    /// <summary>Runs the vision tower once for each distinct picture.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <returns>
    /// <c>[image tokens, hidden]</c>: features in the order of the prompts and their pictures (of a picture that occurs
    /// twice, twice); null if no prompt has a picture.
    /// </returns>
    Tensor? EncodeImages(IReadOnlyList<EncodedPrompt> prompts);

    /// <summary>
    /// Whether both policies give a picture the same features, and will keep doing so during training: tower and merger have
    /// equal weights, and none of them takes a gradient. Features of one may then be given to the other.
    /// </summary>
    /// <param name="other">The other, such as the reference.</param>
    bool SharesVisionWith(IVisionLanguagePolicy other) => false;

    /// <summary>
    /// Keeps what <see cref="EncodeImages"/> gives, so that a picture that comes back, in the update behind its sampling or
    /// an epoch later, isn't computed again. Until the result is disposed, tower and merger must not change.
    /// </summary>
    /// <param name="mostBytes">
    /// The most memory that features may take between calls, at least 1; beyond it the least recently used are dropped.
    /// </param>
    /// <returns>
    /// Dispose it to stop and free the features; <see langword="null"/> if nothing was started, because the tower or merger takes a
    /// gradient or features are already being kept.
    /// </returns>
    IDisposable? KeepImageFeatures(long mostBytes) => null;

    /// <summary>Makes a cache with all its memory, in the network's type and on its device.</summary>
    /// <param name="promptSlots">Prompts that it holds at once.</param>
    /// <param name="rowSlots">Completions that it holds at once.</param>
    /// <param name="promptCapacity">Tokens of the longest prompt.</param>
    /// <param name="completionCapacity">Tokens of the longest completion.</param>
    IKeyValueCache CreateCache(int promptSlots, int rowSlots, int promptCapacity, int completionCapacity);

    /// <summary>Runs prompts and fills slots of the cache with them.</summary>
    /// <param name="prompts">Lengths and numbers of pictures may differ.</param>
    /// <param name="slots">The slot of each prompt; what it held is lost.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="imageFeatures">
    /// What <see cref="EncodeImages"/> gives for these prompts, where the caller has it; else the tower runs.
    /// </param>
    /// <returns><c>[prompts, vocabulary]</c> float32 logits of the token after each prompt.</returns>
    Tensor Prefill(
        IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, IKeyValueCache cache,
        Tensor? imageFeatures = null);

    /// <summary>Runs one token in each row, behind its prompt and what the row holds.</summary>
    /// <param name="tokens"><c>[rows]</c> int64 tokens.</param>
    /// <param name="rows">
    /// Where each row is; any rows of the cache in any order, fastest where those of a prompt stand together.
    /// </param>
    /// <param name="cache">The cache.</param>
    /// <returns><c>[rows, vocabulary]</c> float32 logits of the token after it.</returns>
    Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache);

    /// <summary>
    /// Makes ready for many decoding steps, for instance by a copy of the weights in a layout that is read faster. Until
    /// the result is disposed, the weights must not change.
    /// </summary>
    /// <param name="rows">The most rows of a step, at least 1.</param>
    /// <returns>What ends it; <see langword="null"/> if there is nothing to make ready.</returns>
    IDisposable? BeginDecoding(int rows) => null;

    /// <summary>
    /// The trainer's forward pass: log-probabilities of completion tokens, with gradient unless it is switched off.
    /// Each picture and each prompt is computed once, its completions stand behind it and don't see each other.
    /// </summary>
    /// <param name="groups">Prompts with completions.</param>
    /// <param name="options">Temperature, suppressed tokens, entropies.</param>
    /// <param name="imageFeatures">
    /// What <see cref="EncodeImages"/> gives for the groups' prompts, where the caller has it; else the tower runs.
    /// </param>
    TokenStatistics TokenLogProbabilities(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null);

    /// <summary>
    /// Log-probabilities of every token of whole sequences after the first, for training on conversations.
    /// </summary>
    /// <param name="sequences">The sequences.</param>
    /// <returns>
    /// Figures <c>[sequences, longest − 1]</c> without entropies: column k belongs to token k + 1, padding stands on
    /// the right.
    /// </returns>
    TokenStatistics SequenceLogProbabilities(IReadOnlyList<EncodedPrompt> sequences);

    /// <summary>
    /// Says that passes with gradient from now on are those of an optimizer step. What they drop depends on the seed,
    /// the step and their place in it alone, so that a run that goes on drops what an undisturbed one does.
    /// </summary>
    /// <param name="step">The step.</param>
    void BeginStep(long step)
    {
    }

    /// <summary>A copy with the same weights that takes no gradient, for use as the reference.</summary>
    IVisionLanguagePolicy CloneFrozen();

    /// <summary>
    /// What a training compares this policy with where nobody says otherwise: a frozen copy, or, of a policy with an
    /// adapter, the policy with the adapter off, which takes no memory. The caller disposes it.
    /// </summary>
    IVisionLanguagePolicy CreateReference() => CloneFrozen();

    /// <summary>
    /// Writes a checkpoint folder in the family's published form; an existing one is replaced only when all is written.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Cancels between tensors; nothing half-written stays.</param>
    void Save(string folder, CancellationToken cancellationToken = default);
}
