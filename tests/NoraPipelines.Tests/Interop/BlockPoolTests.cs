using NoraPipelines.Interop;

namespace NoraPipelines.Tests.Interop;

public sealed unsafe class BlockPoolTests
{
    private const nuint Megabyte = 1 << 20;

    private readonly BlockPool _pool = new(slack: 0);

    [Fact]
    public void Weights_of_usual_sizes_fill_their_blocks()
    {
        foreach (var bytes in (long[])[4096 * 4096 * 2, 1024 * 4096 * 2, 14336 * 4096 * 2, 5632 * 2048 * 2]) _pool.Take((nuint)bytes);
        Assert.Equal(2L * ((4096 * 4096) + (1024 * 4096) + (14336 * 4096) + (5632 * 2048)), _pool.Held);
    }

    [Fact]
    public void A_freed_block_serves_the_next_request_of_its_size()
    {
        var first = _pool.Take(3 * Megabyte);
        _pool.Give(first);
        Assert.Equal((nint)first, (nint)_pool.Take(3 * Megabyte - 5000));
        Assert.InRange(_pool.Held, 3L << 20, (3L << 20) * 9 / 8);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(64 * 1024 - 1)]
    [InlineData(64 * 1024)]
    [InlineData(100_000)]
    [InlineData((1 << 20) - 64)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    [InlineData(50_000_000)]
    public void Every_size_is_aligned_and_all_its_own(int bytes)
    {
        var first = (byte*)_pool.Take((nuint)bytes);
        var second = (byte*)_pool.Take((nuint)bytes);
        Assert.Equal(0, (nint)first % BlockPool.Alignment);
        new Span<byte>(first, bytes).Fill(1);
        new Span<byte>(second, bytes).Fill(2);
        Assert.False(new Span<byte>(first, bytes).ContainsAnyExcept((byte)1));
        _pool.Give(first);
        Assert.False(new Span<byte>(second, bytes).ContainsAnyExcept((byte)2));
        _pool.Give(second);
        Assert.Equal(0, _pool.InUse);
        Assert.InRange(_pool.Held, 0, 2L * (bytes + BlockPool.Alignment) * 9 / 8);
    }

    [Fact]
    public void What_is_held_follows_the_most_in_use_whatever_sizes_come_and_go()
    {
        var random = new Random(1);
        for (var step = 0; step < 200; step++)
        {
            var blocks = Enumerable.Range(0, 20).Select(_ => (nint)_pool.Take((nuint)random.Next(70_000, 4_000_000))).ToArray();
            foreach (var block in blocks.OrderBy(_ => random.Next())) _pool.Give((void*)block);
            Assert.InRange(_pool.Held, 0, _pool.Peak + (_pool.Peak / 16));
        }
        Assert.True(_pool.Peak < 20 * 4_000_000L * 9 / 8);
        Assert.Equal(0, _pool.InUse);
    }

    [Fact]
    public void Begin_gives_free_blocks_back_and_counts_anew()
    {
        var kept = _pool.Take(2 * Megabyte);
        _pool.Give(_pool.Take(8 * Megabyte));
        Assert.Equal(10 << 20, _pool.Peak);
        _pool.Begin();
        Assert.Equal(2 << 20, _pool.Held);
        Assert.Equal(_pool.InUse, _pool.Peak);
        ((byte*)kept)[2 * Megabyte - 1] = 1;
        _pool.Give(kept);
    }

    [Fact]
    public void More_than_the_system_has_is_null_and_the_pool_goes_on()
    {
        _pool.Give(_pool.Take(Megabyte));
        Assert.True(_pool.Take((nuint)1 << 50) is null);
        Assert.True(_pool.Take(nuint.MaxValue - 1) is null);
        Assert.Equal(0, _pool.InUse);
        var after = (byte*)_pool.Take(Megabyte);
        after[0] = 1;
        _pool.Give(after);
    }

    [Fact]
    public void Above_its_limit_there_is_nothing_but_what_is_free_makes_room()
    {
        var pool = new BlockPool(limit: 10 << 20);
        var first = pool.Take(6 * Megabyte);
        Assert.True(pool.Take(6 * Megabyte) is null);
        pool.Give(first);
        Assert.True(pool.Take(8 * Megabyte) is not null);
        Assert.InRange(pool.Held, 8 << 20, 9 << 20);
    }

    [Fact]
    public void Threads_share_it()
    {
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            var random = new Random(thread);
            var held = new Queue<(nint Block, int Bytes, byte Mark)>();
            for (var i = 0; i < 2000; i++)
            {
                var (bytes, mark) = (random.Next(100, 400_000), (byte)random.Next(256));
                var block = (byte*)_pool.Take((nuint)bytes);
                (block[0], block[bytes - 1]) = (mark, mark);
                held.Enqueue(((nint)block, bytes, mark));
                if (held.Count < 10) continue;
                var (old, size, expected) = held.Dequeue();
                Assert.Equal(expected, ((byte*)old)[0]);
                Assert.Equal(expected, ((byte*)old)[size - 1]);
                _pool.Give((void*)old);
            }
            foreach (var (block, _, _) in held) _pool.Give((void*)block);
        });
        Assert.Equal(0, _pool.InUse);
    }
}
