using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Chooses a token for each row of a step, adds it to the row's history and copies it to the host.</summary>
internal interface IStepChoice : IDisposable
{
    /// <summary>Starts the choice on the device, inside a dispose scope and without gradients.</summary>
    /// <param name="logits"><c>[_, V]</c> each; concatenated, the rows that <see cref="ChoiceRow.Logits"/> refers to.</param>
    /// <param name="rows">The rows.</param>
    void Begin(IReadOnlyList<Tensor> logits, IReadOnlyList<ChoiceRow> rows);

    /// <summary>Waits for the choice that was begun last.</summary>
    ChosenToken[] Finish();

    /// <summary>
    /// <c>[rows]</c> int64: the tokens of the last step if they are still on the device, finished or not, otherwise null. Valid until the
    /// next step's choice, and owned by the current dispose scope. A row that failed has an arbitrary token.
    /// </summary>
    Tensor? NewestTokens();
}
