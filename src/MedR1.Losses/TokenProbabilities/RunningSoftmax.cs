using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// Softmax statistics of rows over a vocabulary that is processed in chunks, as sums relative to the largest logit so far (online
/// softmax, Milakov and Gimelshein, arXiv 1805.02867). Suffixes: N rows, C columns of a chunk.
/// </summary>
internal sealed class RunningSoftmax
{
    /// <summary>Stands in for −∞, so that 0 × −∞ never makes NaN; its exp is exactly 0 next to any real logit.</summary>
    public const double Never = -1e30;

    private readonly bool _withStatistics;
    private readonly Tensor _index_N;
    private readonly Tensor _largest_N;
    private readonly Tensor _sum_N;
    private readonly Tensor _weighted_N;
    private readonly Tensor _chosen_N;
    private readonly Tensor _squares_N;
    private readonly Tensor _total_N;
    private readonly Tensor _best_N;

    public RunningSoftmax(Tensor index_N, ScalarType type, bool withStatistics)
    {
        _withStatistics = withStatistics;
        _index_N = index_N;
        Tensor Zeros() => zeros(index_N.shape[0], type, index_N.device);
        _largest_N = Zeros().FillInPlace(Never);
        _sum_N = Zeros();
        _weighted_N = Zeros();
        _chosen_N = Zeros();
        _squares_N = Zeros();
        _total_N = Zeros();
        _best_N = zeros_like(index_N);
    }

    /// <summary>Adds the next chunk of scaled logits, in which suppressed tokens are <see cref="Never"/>.</summary>
    /// <param name="logits_NC">The chunk; overwritten.</param>
    /// <param name="start">The token id of the chunk's first column.</param>
    /// <param name="sum_N">Each row's sum of the chunk's logits, excluding suppressed tokens; null without statistics.</param>
    public void Add(Tensor logits_NC, long start, Tensor? sum_N)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor local_N1, Tensor inside_N) = Place(_index_N, start, logits_NC.shape[1]);
        Tensor chosen_N = logits_NC.gather(1, local_N1).squeeze(1);
        _chosen_N.copy_(where(inside_N, chosen_N, _chosen_N));
        Tensor top_N = logits_NC.amax([1]);
        if (_withStatistics)
        {
            // Strictly above, so that the first of equal logits in several chunks wins, as with argmax over the whole vocabulary.
            Tensor place_N = logits_NC.argmax(1).Plus(start);
            _best_N.copy_(where(top_N.gt(_largest_N), place_N, _best_N));
            _total_N.PlusInPlace(sum_N!);
        }

        Tensor largest_N = maximum(_largest_N, top_N);
        Tensor drop_N = _largest_N - largest_N;
        Tensor rescale_N = drop_N.exp();
        Tensor distance_NC = logits_NC.sub_(largest_N.unsqueeze(1));
        Tensor weights_NC = distance_NC.exp();

        // Σ e·(z − largest), rebased to the new largest logit, so that large logits lose no precision.
        _weighted_N.PlusInPlace(_sum_N * drop_N).mul_(rescale_N);
        _weighted_N.PlusInPlace((weights_NC * distance_NC).sum(1));
        _sum_N.mul_(rescale_N).PlusInPlace(weights_NC.sum(1));
        if (_withStatistics)
        {
            _squares_N.mul_(rescale_N).mul_(rescale_N).PlusInPlace(weights_NC.mul_(weights_NC).sum(1));
        }

        _largest_N.copy_(largest_N);
    }

    /// <summary>The statistics, once all chunks have been added.</summary>
    /// <param name="allowed">The number of tokens that are not suppressed.</param>
    public HeadStatistics Finish(long allowed)
    {
        Tensor logSum_N = _sum_N.log();
        Tensor logSumExp_N = _largest_N.Plus(logSum_N);
        Tensor log_N = (_chosen_N - logSumExp_N)
            .FilledWhere(_chosen_N.AtMost(Never / 2), double.NegativeInfinity);
        return new HeadStatistics(
            logSumExp_N,
            log_N,
            logSum_N - _weighted_N / _sum_N,
            _withStatistics ? _squares_N.log().Plus(logSum_N, -2) : null,
            _withStatistics ? _total_N.DividedBy(allowed) : null,
            _withStatistics ? _best_N.eq(_index_N).logical_and(_chosen_N.Above(Never / 2)) : null);
    }

    /// <summary>The tokens' columns in a chunk, and whether they are in the chunk at all.</summary>
    public static (Tensor Local_N1, Tensor Inside_N) Place(Tensor index_N, long start, long width)
    {
        Tensor local_N = index_N.Minus(start);
        Tensor inside_N = local_N.AtLeast(0L).logical_and(local_N.Below(width));
        return (local_N.Limited(0L, width - 1).unsqueeze(1), inside_N);
    }
}
