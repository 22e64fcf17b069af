using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Chooses a token for each row of a step, brings them to the host and adds them to the histories.</summary>
internal interface IStepChoice : IDisposable
{
    /// <summary>Chooses, inside a dispose scope and without gradients.</summary>
    /// <param name="logits"><c>[_, V]</c> each, the rows one after another.</param>
    /// <param name="rows">The rows.</param>
    ChosenToken[] Choose(IReadOnlyList<Tensor> logits, IReadOnlyList<ChoiceRow> rows);

    /// <summary>
    /// <c>[rows]</c> int64: the tokens of the last step where they are still on the device, else null. They hold until the
    /// next step's choice and belong to the current dispose scope.
    /// </summary>
    Tensor? NewestTokens();
}
