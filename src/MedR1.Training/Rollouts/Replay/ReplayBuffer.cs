namespace MedR1.Training;

/// <summary>Stores groups that differ in reward, with the log-probabilities of the policy that sampled them.</summary>
internal sealed class ReplayBuffer(ReplayOptions options, int? reward)
{
    private readonly LinkedList<RolloutGroup> _groups = new();

    /// <summary>The groups, oldest first.</summary>
    public IReadOnlyCollection<RolloutGroup> Groups => _groups;

    /// <summary>Whether a group's rewards agree, so that nothing can be learnt from it.</summary>
    public bool Agrees(RolloutGroup group) => !GroupAgreement.Disagrees(group.Group, reward);

    /// <summary>Draws groups that are recent enough, without repetition.</summary>
    public IReadOnlyList<RolloutGroup> Draw(int count, long index, long seed)
    {
        RolloutGroup[] young = [.. _groups.Where(group => index - group.ReplayedFrom <= options.MaxAge)];
        return [.. SeedMixer.Permutation(young.Length, seed).Take(count).Select(place => young[place])];
    }

    /// <summary>Stores those of the rollout's own groups that differ in reward, and drops those that have become too old.</summary>
    public void Keep(Rollout rollout)
    {
        for (int group = 0; group < rollout.Members.Count; group++)
        {
            RolloutGroup member = rollout.Members[group];
            if (member.ReplayedFrom is null && !Agrees(member))
            {
                Add(member with
                {
                    ReplayedFrom = rollout.Index,
                    OldLogProbabilities = rollout.OldLogProbabilities![group],
                });
            }
        }

        while (_groups.First is { } oldest && rollout.Index - oldest.Value.ReplayedFrom >= options.MaxAge)
        {
            _groups.RemoveFirst();
        }
    }

    /// <summary>Adds a group, and drops the oldest if the buffer is full.</summary>
    public void Add(RolloutGroup group)
    {
        _groups.AddLast(group);
        if (_groups.Count > options.Capacity)
        {
            _groups.RemoveFirst();
        }
    }
}
