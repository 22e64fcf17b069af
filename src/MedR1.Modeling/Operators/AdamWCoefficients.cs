namespace MedR1.Modeling;

/// <summary>The coefficients of an AdamW step (Loshchilov and Hutter 2019, algorithm 2).</summary>
public sealed record AdamWCoefficients
{
    /// <summary>The learning rate of this step, including the schedule.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The decay of the running mean of the gradients.</summary>
    /// <value>The default is 0.9.</value>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>The decay of the running mean of the squared gradients.</summary>
    /// <value>The default is 0.999.</value>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the square root of the second moment.</summary>
    /// <value>The default is 1e-8.</value>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The weight decay: each parameter shrinks by learning rate × decay × its value.</summary>
    /// <value>The default is 0.</value>
    public double WeightDecay { get; init; }
}
