namespace MedR1.Datasets;

/// <summary>Disjoint groups of items, joined pair by pair.</summary>
internal sealed class UnionFind(int count)
{
    private readonly int[] _parents = [.. Enumerable.Range(0, count)];

    public void Join(int first, int second)
    {
        int a = Root(first);
        int b = Root(second);
        _parents[Math.Max(a, b)] = Math.Min(a, b);
    }

    public bool AreJoined(int first, int second) => Root(first) == Root(second);

    /// <summary>The groups in the order of their first members, and their members in order.</summary>
    public List<int>[] Groups() =>
        [.. Enumerable.Range(0, _parents.Length).GroupBy(Root).Select(group => group.ToList())];

    private int Root(int item)
    {
        while (_parents[item] != item)
        {
            _parents[item] = _parents[_parents[item]];
            item = _parents[item];
        }

        return item;
    }
}
