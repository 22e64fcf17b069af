using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A low-rank update of a weight, ΔW = s · B A (Hu et al., 2021, section 4.1), computed in the data type of A and B and
/// rounded once to that of the layer. With a magnitude m it is DoRA, W' = m · (W + ΔW) / ‖W + ΔW‖ (Liu et al., 2024,
/// equation 5), whose norm takes no gradient (ibid., section 4.3). For an embedding table, A is <c>[rank, vocabulary]</c>.
/// </summary>
internal sealed class LowRankUpdate
{
    public required Parameter Down { get; init; }

    public required Parameter Up { get; init; }

    public required double Scale { get; init; }

    /// <summary>The bias of B; never beside a magnitude (<see cref="LoraOptionsRules"/>).</summary>
    public Parameter? UpBias { get; init; }

    public Parameter? Magnitude { get; init; }

    public LoraDropout? Dropout { get; init; }

    /// <summary>The layer's index in the adapter, which selects its dropout mask.</summary>
    public int Index { get; init; }

    /// <summary>Views a convolution kernel as a matrix; returns a matrix unchanged.</summary>
    public static Tensor Flat(Tensor weight) => weight.dim() == 2 ? weight : weight.reshape(weight.shape[0], -1);

    /// <summary>Applies the layer with its update; temporaries go to the current dispose scope.</summary>
    /// <param name="input">The layer's input.</param>
    /// <param name="matrix">Returns the layer's weight; called only if there is a magnitude.</param>
    /// <param name="bias">The layer's bias.</param>
    /// <param name="plain">Multiplies rows by the layer's weight and adds a bias.</param>
    public Tensor Apply(Tensor input, Func<Tensor> matrix, Tensor? bias, Func<Tensor, Tensor?, Tensor> plain)
    {
        Tensor dropped = Dropout?.Apply(input, Index) ?? input;
        if (Magnitude is null && LowRankProduct.Fits(dropped, Flat(Down), Flat(Up), UpBias))
        {
            Tensor result = plain(input, bias).contiguous();
            LowRankProduct.AddTo(result, dropped, Flat(Down), Flat(Up), UpBias, Scale);
            return result;
        }

        Tensor up = Change(dropped);
        if (Magnitude is null)
            return plain(input, bias).PlusInPlace(up, Scale);

        // y = W x + (g − 1) W x' + g ΔW x' + b, with x' = dropout(x): dropout affects only the adapter's contribution.
        Tensor gain = Magnitude / Norm(matrix());
        Tensor whole = plain(input, null);
        Tensor own = ReferenceEquals(dropped, input) ? whole : plain(dropped, null);
        Tensor sum = whole.Plus(own * gain.Minus(1.0)).Plus(up * gain, Scale);
        return (bias is null ? sum : sum.Plus(bias)).to(input.dtype);
    }

    // Computes x Aᵀ Bᵀ + b in the data type of A and B. Without gradient on the CPU, a row must not depend on the other rows.
    private Tensor Change(Tensor input)
    {
        (Tensor down, Tensor up) = (Flat(Down), Flat(Up));
        if (LowRankProduct.Fits(input, down, up, UpBias))
        {
            Tensor change = zeros([.. input.shape[..^1], up.shape[0]], down.dtype, CPU);
            LowRankProduct.AddTo(change, input, down, up, UpBias, 1);
            return change;
        }

        return LinearOperator.Apply(LinearOperator.Apply(input.to(down.dtype), down), up, UpBias);
    }

    /// <summary>Adds the update to rows of an embedding table.</summary>
    public Tensor AddRows(Tensor rows, Tensor tokenIds) =>
        rows.PlusInPlace(LinearOperator.Apply(Down.index_select(1, tokenIds).t(), Up), Scale);

    /// <summary>Computes the layer's weight including the update, in the weight's data type.</summary>
    public Tensor Merge(Tensor weight, AdaptableLayerKind kind)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor delta = Flat(Up).matmul(Flat(Down));
        if (kind == AdaptableLayerKind.Embedding)
            delta = delta.t();
        Tensor sum = weight.to(delta.dtype).Plus(delta.reshape(weight.shape), Scale);
        if (Magnitude is not null)
            sum = sum * (Magnitude / Norm(Flat(weight))).unsqueeze(-1);
        Tensor merged = sum.to(weight.dtype);
        return (ReferenceEquals(merged, weight) ? merged.clone() : merged).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the layer's bias including that of the update; <see langword="null"/> if the update has none.
    /// </summary>
    /// <param name="bias">The layer's bias; <see langword="null"/> if it has none.</param>
    /// <param name="dataType">The data type of the layer's weight, and of the result.</param>
    public Tensor? MergeBias(Tensor? bias, ScalarType dataType)
    {
        if (UpBias is null)
            return null;
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor own = bias ?? zeros_like(UpBias);
        return own.to(UpBias.dtype).Plus(UpBias, Scale).to(dataType).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the L2 norm of each row of the updated matrix, <c>[output]</c>, without gradient.</summary>
    public Tensor Norm(Tensor matrix)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor sum = matrix.to(Down.dtype).Plus(Flat(Up).matmul(Flat(Down)), Scale);
        return (sum * sum).sum(-1).sqrt().MoveToOuterDisposeScope();
    }
}
