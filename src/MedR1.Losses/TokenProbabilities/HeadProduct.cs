using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// The product of hidden states with the head, in chunks of rows and vocabulary. Suffixes: N rows, n rows of a chunk, C vocabulary
/// of a chunk, H hidden.
/// </summary>
internal sealed class HeadProduct(
    Tensor hidden_NH, Tensor weight_VH, Tensor? bias_V, Tensor index_N, FusedLogProbabilityOptions options)
{
    private readonly int[] _suppressed = [.. options.SuppressedTokenIds.Distinct().Order()];

    private ScalarType Type => Guard.WideType(hidden_NH);

    /// <summary>Computes the statistics of all rows in one pass over the vocabulary.</summary>
    public HeadStatistics Measure()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        RunningSoftmax[] parts = [.. RowPieces().Select(piece => new RunningSoftmax(
            index_N.narrow(0, piece.Start, piece.Count), Type, options.WithStatistics))];
        foreach ((long start, long count) in Pieces(weight_VH.shape[0], options.ChunkSize))
        {
            using DisposeScope pieceScope = NewDisposeScope();
            int part = 0;
            foreach ((long row, long rows) in RowPieces())
            {
                using DisposeScope rowScope = NewDisposeScope();
                Tensor logits_nC = Logits(row, rows, start, count, out Tensor? sum_n);
                parts[part++].Add(logits_nC, start, sum_n);
            }
        }

        HeadStatistics[] all = [.. parts.Select(part => part.Finish(weight_VH.shape[0] - _suppressed.Length))];
        Tensor Join(Func<HeadStatistics, Tensor> figure) => cat([.. all.Select(figure)]).MoveToOuterDisposeScope();
        bool more = options.WithStatistics;
        return new HeadStatistics(
            Join(one => one.LogSumExp),
            Join(one => one.LogProbabilities),
            Join(one => one.Entropies),
            more ? Join(one => one.LogSumSquares!) : null,
            more ? Join(one => one.MeanLogits!) : null,
            more ? Join(one => one.IsTop1!) : null);
    }

    /// <summary>
    /// The gradients of hidden states, weight and bias, given those of log-probabilities and entropies (null for none): ∂ℓ/∂z_j =
    /// [j is the token] − p_j and ∂H/∂z_j = −p_j·(log p_j + H), z the scaled logits.
    /// </summary>
    public (Tensor? Hidden, Tensor? Weight, Tensor? Bias) Gradients(
        Tensor logSumExp_N, Tensor entropies_N, Tensor? logGradient_N, Tensor? entropyGradient_N)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor? hidden = hidden_NH.requires_grad ? zeros(hidden_NH.shape, Type, hidden_NH.device) : null;
        Tensor? weight = weight_VH.requires_grad ? empty_like(weight_VH) : null;
        Tensor? bias = bias_V is { requires_grad: true } ? empty_like(bias_V) : null;
        foreach ((long start, long count) in Pieces(weight_VH.shape[0], options.ChunkSize))
        {
            using DisposeScope pieceScope = NewDisposeScope();
            Tensor? weight_CH = hidden is null ? null : weight_VH.narrow(0, start, count).to(Type);
            Tensor? weightSum_CH = weight is null ? null : zeros([count, weight_VH.shape[1]], Type, weight_VH.device);
            Tensor? biasSum_C = bias is null ? null : zeros(count, Type, bias.device);
            foreach ((long row, long rows) in RowPieces())
            {
                using DisposeScope rowScope = NewDisposeScope();
                Tensor Rows(Tensor figures) => figures.narrow(0, row, rows);
                Tensor gradient_nC = LogitGradient(
                    Logits(row, rows, start, count, out _),
                    start,
                    Rows(index_N),
                    Rows(logSumExp_N),
                    Rows(entropies_N),
                    logGradient_N is null ? null : Rows(logGradient_N),
                    entropyGradient_N is null ? null : Rows(entropyGradient_N));
                hidden?.narrow(0, row, rows).PlusInPlace(gradient_nC.matmul(weight_CH!));
                weightSum_CH?.PlusInPlace(gradient_nC.t().matmul(Rows(hidden_NH).to(Type)));

                // The argument is named because a bare 0 would bind to the overload with a type.
                biasSum_C?.PlusInPlace(gradient_nC.sum(dim: 0));
            }

            weight?.narrow(0, start, count).copy_(weightSum_CH!);
            bias?.narrow(0, start, count).copy_(biasSum_C!);
        }

        return (
            hidden?.to(hidden_NH.dtype).MoveToOuterDisposeScope(),
            weight?.MoveToOuterDisposeScope(),
            bias?.MoveToOuterDisposeScope());
    }

    private static IEnumerable<(long Start, long Count)> Pieces(long length, long size)
    {
        for (long start = 0; start == 0 || start < length; start += size)
        {
            yield return (start, Math.Min(size, length - start));
        }
    }

    private IEnumerable<(long Start, long Count)> RowPieces() => Pieces(hidden_NH.shape[0], options.RowChunkSize);

    /// <summary>
    /// The scaled logits of a chunk, in fresh memory, with suppressed tokens at <see cref="RunningSoftmax.Never"/>.
    /// </summary>
    private Tensor Logits(long row, long rows, long start, long count, out Tensor? sum_n)
    {
        // Computed in the type of the inputs, including the bias, to round like an unchunked head.
        Tensor product_nC = HiddenByWeight(hidden_NH.narrow(0, row, rows), weight_VH.narrow(0, start, count));
        product_nC = bias_V is null ? product_nC : product_nC.PlusInPlace(bias_V.narrow(0, start, count));
        Tensor logits_nC = product_nC.to(Type);
        logits_nC = options.Temperature == 1 ? logits_nC : logits_nC.TimesInPlace(1 / options.Temperature);
        long[] suppressed =
            [.. _suppressed.Where(token => token >= start && token < start + count).Select(token => token - start)];
        if (suppressed.Length == 0)
        {
            sum_n = options.WithStatistics ? logits_nC.sum(1) : null;
        }
        else
        {
            Tensor columns = tensor(suppressed, device: logits_nC.device);
            sum_n = options.WithStatistics ? logits_nC.FilledAt(1, columns, 0).sum(1) : null;
            logits_nC = logits_nC.FilledAt(1, columns, RunningSoftmax.Never);
        }

        return logits_nC.Limited(least: RunningSoftmax.Never);
    }

    // On a processor without AVX-512, libtorch's bfloat16 product is scalar code. It accumulates in float32 as well, so converting
    // gives the same precision.
    private static Tensor HiddenByWeight(Tensor hidden_nH, Tensor weight_CH)
    {
        bool isSlow = hidden_nH.dtype == ScalarType.BFloat16 && hidden_nH.device_type == DeviceType.CPU
            && X86Base.IsSupported && !Avx512BW.IsSupported;
        return isSlow && weight_CH.dtype == ScalarType.BFloat16
            ? hidden_nH.to(ScalarType.Float32).matmul(weight_CH.to(ScalarType.Float32).t()).to(ScalarType.BFloat16)
            : hidden_nH.matmul(weight_CH.t());
    }

    private Tensor LogitGradient(
        Tensor logits_nC,
        long start,
        Tensor index_n,
        Tensor logSumExp_n,
        Tensor entropies_n,
        Tensor? logGradient_n,
        Tensor? entropyGradient_n)
    {
        (Tensor local_n1, Tensor inside_n) = RunningSoftmax.Place(index_n, start, logits_nC.shape[1]);

        // A suppressed token always has probability 0, so it receives no gradient.
        Tensor possible_n = inside_n.logical_and(
            logits_nC.gather(1, local_n1).squeeze(1).Above(RunningSoftmax.Never / 2));
        Tensor log_nC = logits_nC.sub_(logSumExp_n.unsqueeze(1));
        Tensor gradient_nC = log_nC.exp();
        Tensor factor = entropyGradient_n is null
            ? zeros(1, Type, logits_nC.device)
            : log_nC.PlusInPlace(entropies_n.unsqueeze(1)).mul_(entropyGradient_n.unsqueeze(1)).neg_();
        if (logGradient_n is not null)
        {
            factor = factor - logGradient_n.unsqueeze(1);
        }

        gradient_nC = gradient_nC.mul_(factor);
        if (logGradient_n is not null)
        {
            Tensor pull_n = where(possible_n, logGradient_n, zeros_like(logGradient_n));
            gradient_nC = gradient_nC.scatter_add_(1, local_n1, pull_n.unsqueeze(1));
        }

        return options.Temperature == 1 ? gradient_nC : gradient_nC.TimesInPlace(1 / options.Temperature);
    }
}
