using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// Builds a supervised trainer. <c>Use…</c> fills a slot once, <c>Add…</c> appends, <c>Configure</c> edits options, <c>Build</c> reports
/// every mistake at once and works once. The builder takes ownership of nothing that it is given.
/// </summary>
public sealed class SftTrainerBuilder : TrainerBuilder<SftTrainerBuilder, SftTrainerOptions>
{
    private IReadOnlyList<SupervisedExample>? _examples;

    /// <summary>Starts with the policy to train.</summary>
    /// <param name="policy">The policy; the caller keeps ownership.</param>
    public SftTrainerBuilder(IVisionLanguagePolicy policy)
        : base(policy, nameof(SftTrainer))
    {
    }

    /// <summary>Sets the examples to learn.</summary>
    /// <param name="examples">
    /// The examples. They are read one at a time, on a thread other than the training thread; building the trainer reads three of them, so
    /// that a resumed run can recognize them. A custom list may create them on demand.
    /// </param>
    public SftTrainerBuilder UseExamples(IReadOnlyList<SupervisedExample> examples) =>
        Fill(ref _examples, examples, nameof(UseExamples));

    /// <summary>Builds the trainer. The options are copied.</summary>
    /// <exception cref="TrainerConfigurationException">There are mistakes; the exception lists all of them.</exception>
    /// <exception cref="CheckpointException">The checkpoint to resume from can't be read.</exception>
    /// <exception cref="InvalidOperationException">The builder has already built.</exception>
    public SftTrainer Build()
    {
        SftTrainerOptions options = MakeOptions().Copy();
        Slots.Take(new SftTrainerOptionsValidator().Validate(null, options));
        Slots.Require(_examples is not null, "There is nothing to learn: .UseExamples(examples).");
        Slots.Require(
            _examples is not { Count: 0 }, "The list of examples is empty: .UseExamples(examples) with at least one.");
        Slots.RequireTrainable(Policy, options);
        Slots.RequireEvaluations(options, Evaluations);
        Slots.Finish();
        return new SftTrainer(
            Policy, _examples!, MakeOrder(options), options, Sinks, Observers, Evaluations, Resume?.Find());
    }
}
