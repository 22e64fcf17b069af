using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Chooses a token for each row of a step, adds it to the row's history and brings it to the host.</summary>
internal interface IStepChoice : IDisposable
{
    /// <summary>Lets the device choose, inside a dispose scope and without gradients.</summary>
    /// <param name="logits"><c>[_, V]</c> each, one after another the rows that <see cref="ChoiceRow.Logits"/> names.</param>
    /// <param name="rows">The rows.</param>
    void Begin(IReadOnlyList<Tensor> logits, IReadOnlyList<ChoiceRow> rows);

    /// <summary>Waits for what was begun last.</summary>
    ChosenToken[] Finish();

    /// <summary>
    /// <c>[rows]</c> int64: the tokens of the last step where they are still on the device, finished or not, else null.
    /// They hold until the next step's choice and belong to the current dispose scope. A row that failed has some token.
    /// </summary>
    Tensor? NewestTokens();
}
